// An append to one stream: one call to the server, unless what this process believes of the stream is out of date.
//
// It is always made at an exact revision, also where any would do: so nothing follows an event of a batch that is still
// open, and asking again after an unknown outcome writes nothing twice. A caller who expects the visible revision n gets
// there by EventStoreDB's count n as long as nothing in the stream was hidden; where something was, that revision is not the
// stream's last, the server refuses, and the stream is looked at.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../../domain/event.ts';
import type { AppendResult, Expected } from '../event-log.ts';
import type { PreparedWrite } from '../prepare.ts';
import type { Appended } from './client.ts';
import { resultOf } from './retries.ts';
import { pauseBefore } from './retry.ts';
import type { Tail } from './stream-reader.ts';
import { away } from './trouble.ts';
import { toStore } from './wire.ts';
import type { Writing } from './writing.ts';

/** Times that an append without an expected revision may lose its place to other servers' appends. */
const MAX_RACES = 50;

export async function appendToOne(writing: Writing, write: PreparedWrite): Promise<AppendResult> {
  const { reader, known, deletions, retries, positions, horizon } = writing;
  const { stream, expected, events } = write;
  const before = horizon.commit();
  const ids = new Set(events.map(({ id }) => id));
  const announce = (position: Position) => writing.announce(positions.placeOf(position, 'position').commit);

  /** The append was there already: where its events are, is looked up. */
  async function again(): Promise<AppendResult> {
    const first = await retries.firstResult([write], []);
    if (first === null) throw away(new Error('an append that the server knew is not in its stream'));
    return { ok: true, ...first, duplicate: true };
  }

  const suspects = retries.suspects([write]);
  if (suspects.length > 0) {
    const first = await retries.firstResult([write], suspects);
    if (first !== null) return { ok: true, ...first, duplicate: true };
  }

  let tail = await believedTail(writing, stream, expected);
  for (let race = 0; race < MAX_RACES; race += 1) {
    const appended = tail === null ? { refused: true as const, unsure: false } : await store(tail);
    if (tail !== null && !appended.refused) {
      const old = !appended.unsure && (appended.commit === null || appended.commit <= before);
      if (!old) return acknowledge(tail, appended);
      // Unless it is of a life of the stream that ended, and this process had not heard of that.
      await deletions.refresh();
      if (appended.revision > deletions.upTo(stream)) return again();
    }
    known.forget(stream);
    // Who expects a revision knows what is up to there; own events can only be later.
    const seen = tail?.visible ?? (typeof expected === 'number' ? expected : -1);
    const { events: later, tail: found } = await reader.load(stream, seen + 1);
    const own = later.filter(({ id }) => ids.has(id));
    if (own.length > 0) {
      const first = resultOf([write], own);
      if (appended.unsure) announce(first.position);
      return { ok: true, ...first, duplicate: !appended.unsure };
    }
    if (!holds(expected, found)) return { ok: false, stream, revision: found.visible };
    if (race > 1) await sleep(pauseBefore(race));
    tail = found;
  }
  throw away(new Error('an append lost its place to others too often'));

  function store(at: Tail): ReturnType<Writing['append']> {
    const deleted = deletions.upTo(stream);
    const life = deleted < 0 ? '' : String(deleted);
    const hidden = at.stored - at.visible;
    return writing.append(
      stream,
      at.stored,
      events.map((event) => toStore(event, life, hidden)),
    );
  }

  async function acknowledge(at: Tail, { revision, commit }: Appended): Promise<AppendResult> {
    const last = at.visible + events.length;
    known.setTail(stream, { stored: revision, visible: last });
    for (const { id } of events) known.saw(id, stream);
    const position = positions.of(commit ?? (await writing.commitOf(stream, revision)), 0);
    announce(position);
    return { ok: true, position, revisions: [last], duplicate: false };
  }
}

/** Where the append goes if nothing has changed; null when it is known not to be as expected, and has to be looked at. */
async function believedTail(
  { known, deletions, reader }: Writing,
  stream: string,
  expected: Expected,
): Promise<Tail | null> {
  const deleted = deletions.upTo(stream);
  const tail = known.tail(stream);
  if (expected === 'any') return tail ?? reader.tail(stream);
  if (tail !== undefined) return holds(expected, tail) ? tail : null;
  const visible = expected === 'none' ? -1 : expected;
  return { stored: visible + deleted + 1, visible };
}

export const holds = (expected: Expected, { visible }: Tail): boolean =>
  expected === 'any' || visible === (expected === 'none' ? -1 : expected);
