// An append to several streams, all or none, on a server that appends to one at a time: a commit in two steps.
//
// (1) Each stream's events go to their exact place, marked with the batch. They count for nothing yet. (2) The outcome goes
// to the batch's own stream. From then on all of them count, at the outcome's place in the log, or none ever will.
// Expectations are checked before the first step, so that an ordinary conflict leaves nothing behind.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendResult } from '../event-log.ts';
import type { PreparedWrite } from '../prepare.ts';
import type { BatchPart } from './outcomes.ts';
import { batchStream } from './own-streams.ts';
import { pauseBefore } from './retry.ts';
import { holds } from './single-append.ts';
import type { Tail } from './stream-reader.ts';
import { away } from './trouble.ts';
import { toStore } from './wire.ts';
import type { Writing } from './writing.ts';

/** Times that a batch may be aborted because another server's append came between. */
const MAX_RACES = 20;
/** Streams that are appended to at once. */
const AT_ONCE = 16;

/** `believed`: the tail is what this process last knew, and was not read. */
type Part = { write: PreparedWrite; tail: Tail; believed: boolean; firstIndex: number };

export async function appendToSeveral(writing: Writing, writes: readonly PreparedWrite[]): Promise<AppendResult> {
  const { reader, known, deletions, outcomes, retries, positions } = writing;

  const suspects = retries.suspects(writes);
  if (suspects.length > 0) {
    const first = await retries.firstResult(writes, suspects);
    if (first !== null) return { ok: true, ...first, duplicate: true };
  }

  for (let race = 0; race < MAX_RACES; race += 1) {
    if (race > 1) await sleep(pauseBefore(race));
    const parts = await plan(race === 0);
    const refused = parts.find(({ write, tail }) => !holds(write.expected, tail));
    // What was believed may be out of date: a refusal is from what was read.
    if (refused?.believed === true) continue;
    if (refused !== undefined) {
      const first = await retries.firstResult(writes, []);
      if (first !== null) return { ok: true, ...first, duplicate: true };
      return { ok: false, stream: refused.write.stream, revision: refused.tail.visible };
    }
    const batch = batchStream(writes[0]?.name.tenant ?? '', randomUUID());
    if (!(await mark(batch, parts))) continue;
    const outcome = await outcomes.commit(batch, parts.map(partOf)).catch((error: unknown) => {
      // It may be committed: who asks again is looked for.
      for (const { stream, events } of writes) for (const { id } of events) known.saw(id, stream);
      throw error;
    });
    if (outcome.committed) return acknowledge(parts, outcome.commit);
  }
  throw away(new Error('a batch lost its place to others too often'));

  /** What is believed of a stream at first. Of one that is to be begun nobody has read anything, as a rule. */
  function believedTail({ stream, expected }: PreparedWrite): Tail | undefined {
    const tail = known.tail(stream);
    return tail === undefined && expected === 'none' ? { stored: deletions.upTo(stream), visible: -1 } : tail;
  }

  async function plan(believing: boolean): Promise<Part[]> {
    const believed = writes.map((write) => (believing ? believedTail(write) : undefined));
    const tails = await Promise.all(writes.map(({ stream }, index) => believed[index] ?? reader.tail(stream)));
    let firstIndex = 1;
    return writes.map((write, index) => {
      const tail = tails[index] ?? { stored: -1, visible: -1 };
      const part = { write, tail, believed: believed[index] !== undefined, firstIndex };
      firstIndex += write.events.length;
      return part;
    });
  }

  /**
   * The first step; false when it met another's append, and is undone. One stream goes alone, of two servers with the same
   * streams the same one: who loses there leaves nothing in the others. Best one that is there although it should not be.
   */
  async function mark(batch: string, parts: Part[]): Promise<boolean> {
    const [first, ...rest] = parts.toSorted(
      (a, b) => doubt(b) - doubt(a) || (a.write.stream < b.write.stream ? -1 : 1),
    );
    try {
      if (first === undefined || !(await store(batch, first))) return false;
      while (rest.length > 0) {
        const stored = await Promise.all(rest.splice(0, AT_ONCE).map((part) => store(batch, part)));
        if (stored.includes(false)) {
          await outcomes.abort(batch);
          return false;
        }
      }
      return true;
    } catch (error) {
      // Whoever meets what is left of it would wait before aborting it.
      writing.background(outcomes.abort(batch));
      throw error;
    }
  }

  async function store(batch: string, { write, tail, firstIndex }: Part): Promise<boolean> {
    const hidden = tail.stored - tail.visible;
    const from = tail.stored + 1;
    known.forget(write.stream);
    const events = write.events.map((event, index) =>
      toStore(event, batch, hidden, { stream: batch, index: firstIndex + index, from }),
    );
    const { appended } = await writing.append(write.stream, tail.stored, events);
    return appended !== 'conflict';
  }

  function acknowledge(parts: Part[], commit: bigint): AppendResult {
    for (const { write, tail } of parts) {
      const count = write.events.length;
      known.setTail(write.stream, { stored: tail.stored + count, visible: tail.visible + count });
      for (const { id } of write.events) known.saw(id, write.stream);
    }
    writing.announce(commit);
    const last = parts.at(-1);
    const lastIndex = (last?.firstIndex ?? 1) + (last?.write.events.length ?? 1) - 1;
    return {
      ok: true,
      position: positions.of(commit, lastIndex),
      revisions: parts.map(({ write, tail }) => tail.visible + write.events.length),
      duplicate: false,
    };
  }
}

/** Whether nobody has looked at its stream. */
const doubt = ({ write, tail, believed }: Part): number =>
  Number(believed && write.expected === 'none' && tail.stored < 0);

const partOf = ({ write: { stream, events }, tail }: Part): BatchPart => ({
  stream,
  from: tail.stored + 1,
  count: events.length,
});
