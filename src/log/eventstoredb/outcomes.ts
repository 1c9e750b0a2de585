// What became of a batch: `batch.committed` or `batch.aborted`, the one event of the batch's own stream. It is appended to a
// stream that must not be there, so that exactly one of the two can ever win; whoever loses takes what it finds.
import { setTimeout as sleep } from 'node:timers/promises';
import QuickLru from 'quick-lru';
import * as z from 'zod';
import type { Connection, StoredEvent } from './client.ts';
import { insist } from './retry.ts';
import { closed, foreign } from './trouble.ts';
import { idOf } from './wire.ts';

const part = z.object({ stream: z.string(), from: z.int().nonnegative(), count: z.int().positive() });
const format = z.object({ writes: z.array(part) });

/** The events of one stream in a batch: `count` from revision `from` on, as EventStoreDB counts. */
export type BatchPart = z.infer<typeof part>;

export type Outcome = { committed: false } | { committed: true; commit: bigint; writes: BatchPart[] };

export type Outcomes = {
  /** Null while the batch is open. */
  find(batch: string): Promise<Outcome | null>;
  /** Waits for the outcome, and aborts a batch that has none for too long. */
  settled(batch: string): Promise<Outcome>;
  commit(batch: string, writes: BatchPart[]): Promise<Outcome>;
  abort(batch: string): Promise<Outcome>;
  hear(stored: StoredEvent): Outcome;
  close(): void;
};

export type OutcomeSettings = {
  patience: number;
  /** Milliseconds after which an open batch may be aborted, from when it was first met. */
  batchTimeout: number;
};

const KEPT = 10_000;
/** Between looks at an open batch: most are open for a few milliseconds, and some for long. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 50;

export function createOutcomes(connection: Connection, { patience, batchTimeout }: OutcomeSettings): Outcomes {
  // An outcome never changes.
  const known = new QuickLru<string, Outcome>({ maxSize: KEPT });
  const waiting = new Map<string, Promise<Outcome>>();
  let open = true;

  function hear(stored: StoredEvent): Outcome {
    const outcome = outcomeOf(stored);
    known.set(stored.stream, outcome);
    return outcome;
  }

  async function find(batch: string): Promise<Outcome | null> {
    const outcome = known.get(batch);
    if (outcome !== undefined) return outcome;
    const stored = await insist(patience, () => connection.readLast(batch));
    return stored === null ? null : hear(stored);
  }

  async function decide(batch: string, type: string, data: { writes: BatchPart[] }): Promise<Outcome> {
    const event = { id: idOf(batch, type), type, data, metadata: '{}' };
    const result = await insist(patience, () => connection.append(batch, -1, [event]));
    if (result !== 'conflict' && result.commit !== null) {
      const stored = { stream: batch, revision: 0, commit: result.commit, ...event };
      return hear(stored);
    }
    const outcome = await find(batch);
    // It was refused because there is one, or had before; a read that does not show it comes from a server behind.
    if (outcome === null) throw foreign(batch, 0);
    return outcome;
  }

  async function wait(batch: string): Promise<Outcome> {
    const end = performance.now() + batchTimeout;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      const outcome = await find(batch);
      if (outcome !== null) return outcome;
      if (!open) throw closed();
      if (performance.now() >= end) return decide(batch, 'batch.aborted', { writes: [] });
      await sleep(Math.min(pause, Math.max(1, end - performance.now())));
    }
  }

  return {
    find,
    async settled(batch) {
      const outcome = known.get(batch);
      if (outcome !== undefined) return outcome;
      // Many who wait for one batch ask once.
      const pending = waiting.get(batch) ?? wait(batch).finally(() => waiting.delete(batch));
      waiting.set(batch, pending);
      return pending;
    },
    commit: (batch, writes) => decide(batch, 'batch.committed', { writes }),
    abort: (batch) => decide(batch, 'batch.aborted', { writes: [] }),
    hear,
    close() {
      open = false;
    },
  };
}

function outcomeOf({ stream, revision, type, commit, data }: StoredEvent): Outcome {
  if (type === 'batch.aborted') return { committed: false };
  const writes = type === 'batch.committed' ? format.safeParse(data).data?.writes : undefined;
  if (writes === undefined) throw foreign(stream, revision);
  return { committed: true, commit, writes };
}
