// An append to one stream: one call to the server, unless what this process believes of the stream is out of date.
//
// It is always made at an exact revision, also where any would do: so nothing follows an event of a batch that is still
// open, and asking again after an unknown outcome writes nothing twice. That revision is EventStoreDB's, which counts what
// was aborted and deleted too. Where the caller has read the stream, or appended to it, this process knows it; a stream
// that must not be there has none.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendResult, Expected } from '../event-log.ts';
import type { PreparedWrite } from '../prepare.ts';
import { pauseBefore } from './retry.ts';
import type { Tail } from './stream-reader.ts';
import { away } from './trouble.ts';
import { toStore } from './wire.ts';
import type { Answer, Writing } from './writing.ts';

/** Times that an append without an expected revision may lose its place to other servers' appends. */
const MAX_RACES = 50;

const conflict: Answer = { appended: 'conflict', unsure: false };

export async function appendToOne(writing: Writing, write: PreparedWrite): Promise<AppendResult> {
  const { reader, known, deletions, retries, positions, horizon } = writing;
  const { stream, expected, events } = write;
  const before = horizon.commit();

  const suspects = retries.suspects([write]);
  const first = suspects.length === 0 ? null : await retries.firstResult([write], suspects);
  if (first !== null) return { ok: true, ...first, duplicate: true };

  let tail = believedTail(writing, stream, expected);
  if (tail === undefined) {
    const last = await reader.tail(stream);
    tail = holds(expected, last) ? last : null;
  }
  for (let race = 0; race < MAX_RACES; race += 1) {
    const { appended, unsure } = tail === null ? conflict : await store(tail);
    if (tail !== null && appended !== 'conflict') {
      const { revision, commit } = appended;
      const old = !unsure && (commit === null || commit <= before);
      if (!old) return acknowledge(tail, revision, commit ?? (await writing.commitOf(stream, revision)));
      // Unless it is of a life of the stream that ended, and this process had not heard of that.
      await deletions.refresh();
      if (revision > deletions.upTo(stream)) return found(false);
    }
    known.forget(stream);
    // Who expects a revision knows what is up to there; own events can only be later.
    const seen = tail?.visible ?? (typeof expected === 'number' ? expected : -1);
    const later = await reader.load(stream, seen + 1);
    for (const { id } of later.events) known.saw(id, stream);
    if (later.events.some(({ id }) => events.some((event) => event.id === id))) return found(unsure);
    if (!holds(expected, later.tail)) return { ok: false, stream, revision: later.tail.visible };
    if (race > 1) await sleep(pauseBefore(race));
    tail = later.tail;
  }
  throw away(new Error('an append lost its place to others too often'));

  async function store(at: Tail): Promise<Answer> {
    const deleted = deletions.upTo(stream);
    const life = deleted < 0 ? '' : String(deleted);
    const hidden = at.stored - at.visible;
    const toAppend = events.map((event) => toStore(event, life, hidden));
    try {
      return await writing.append(stream, at.stored, toAppend);
    } catch (error) {
      // It may be there: who asks again is looked for.
      known.forget(stream);
      sawAll();
      throw error;
    }
  }

  function sawAll(): void {
    for (const { id } of events) known.saw(id, stream);
  }

  function acknowledge(at: Tail, revision: number, commit: bigint): AppendResult {
    const last = at.visible + events.length;
    known.setTail(stream, { stored: revision, visible: last });
    sawAll();
    writing.announce(commit);
    return { ok: true, position: positions.of(commit, 0), revisions: [last], duplicate: false };
  }

  /** The append is there already; `own`: it may be an earlier try of this one. */
  async function found(own: boolean): Promise<AppendResult> {
    const result = await retries.firstResult([write], []);
    if (result === null) throw away(new Error('an append that was there is not in its stream'));
    writing.announce(positions.placeOf(result.position, 'position').commit);
    return { ok: true, ...result, duplicate: !own };
  }
}

/**
 * Where the append goes if nothing has changed; null when it is known not to be as expected, and undefined when nothing is
 * known.
 */
function believedTail({ known, deletions }: Writing, stream: string, expected: Expected): Tail | null | undefined {
  if (expected === 'none') return { stored: deletions.upTo(stream), visible: -1 };
  const tail = known.tail(stream);
  return tail === undefined || holds(expected, tail) ? tail : null;
}

export const holds = (expected: Expected, { visible }: Tail): boolean =>
  expected === 'any' || visible === (expected === 'none' ? -1 : expected);
