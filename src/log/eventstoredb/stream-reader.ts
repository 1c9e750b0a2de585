// One stream as the port gives it: without what was deleted or aborted, its revisions counted without a gap.
import type { Position, RecordedEvent } from '../../domain/event.ts';
import type { Connection, StoredEvent } from './client.ts';
import type { Deletions } from './deletions.ts';
import type { BatchPart, Outcome, Outcomes } from './outcomes.ts';
import type { Positions } from './positions.ts';
import { insist } from './retry.ts';
import { readWritten, recordedOf, type Written } from './wire.ts';

/** Where a stream ends, nothing of it open: by EventStoreDB's count, and by what is visible. -1: no event. */
export type Tail = { stored: number; visible: number };

export type Loaded = { events: RecordedEvent[]; tail: Tail };

export type StreamReader = {
  /** From a visible revision on. Waits for an open batch. */
  load(stream: string, from: number): Promise<Loaded>;
  /** As it stood at a position: an open batch will be later. */
  loadUntil(stream: string, from: number, until: Position): Promise<RecordedEvent[]>;
  tail(stream: string): Promise<Tail>;
  /** The events of a batch in one of its streams, without those that were deleted. */
  part(batch: string, part: BatchPart): Promise<Written[]>;
};

type Dependencies = {
  connection: Connection;
  deletions: Deletions;
  outcomes: Outcomes;
  positions: Positions;
  patience: number;
};

/** How many events before this one in its stream count for nothing. */
export const hiddenBefore = ({ log }: Written, deletedUpTo: number): number =>
  Math.max(log.hidden ?? 0, deletedUpTo + 1);

export function createStreamReader({
  connection,
  deletions,
  outcomes,
  positions,
  patience,
}: Dependencies): StreamReader {
  const written = (events: StoredEvent[]): Written[] => events.map(readWritten).filter((event) => event !== null);

  /** Whether all that was deleted before the first event is known; it is when nothing is missing. */
  const isWhole = (events: Written[], stream: string, from: number): boolean =>
    from > deletions.upTo(stream) + 1 || (events[0]?.stored.revision ?? 0) <= deletions.upTo(stream) + 1;

  async function read(stream: string, from: number, count?: number): Promise<Written[]> {
    const first = () => Math.max(from, deletions.upTo(stream) + 1);
    const events = written(await insist(patience, () => connection.readStream(stream, first(), count)));
    if (!isWhole(events, stream, from)) await deletions.refresh();
    return events.filter(({ stored }) => stored.revision >= first());
  }

  /** The events that count, each with its position. `outcome` is that of a batch; null: as if aborted. */
  function visible(events: Written[], outcome: (batch: string) => Outcome | null | undefined): RecordedEvent[] {
    return events.flatMap((event) => {
      const { stored, log } = event;
      const settled = log.batch === undefined ? undefined : outcome(log.batch.stream);
      if (log.batch !== undefined && settled?.committed !== true) return [];
      const position =
        settled?.committed && log.batch !== undefined
          ? positions.of(settled.commit, log.batch.index)
          : positions.of(stored.commit, 0);
      return recordedOf(event, stored.revision - hiddenBefore(event, deletions.upTo(stored.stream)), position);
    });
  }

  const batchesOf = (events: Written[]): string[] => [
    ...new Set(events.map(({ log }) => log.batch?.stream).filter((batch) => batch !== undefined)),
  ];

  async function outcomesOf<T>(events: Written[], ask: (batch: string) => Promise<T>): Promise<Map<string, T>> {
    const batches = batchesOf(events);
    const answers = await Promise.all(batches.map(ask));
    return new Map(batches.map((batch, index) => [batch, answers[index] as T]));
  }

  async function tailAfter(last: Written): Promise<Tail> {
    const { stored, log } = last;
    const deleted = deletions.upTo(stored.stream);
    if (stored.revision <= deleted) return { stored: stored.revision, visible: -1 };
    const hidden = hiddenBefore(last, deleted);
    const aborted = log.batch !== undefined && !(await outcomes.settled(log.batch.stream)).committed;
    const end = aborted ? (log.batch?.from ?? 0) - 1 : stored.revision;
    return { stored: stored.revision, visible: Math.max(-1, end - hidden) };
  }

  async function tail(stream: string): Promise<Tail> {
    const last = await insist(patience, () => connection.readLast(stream));
    const event = last === null ? null : readWritten(last);
    return event === null ? { stored: deletions.upTo(stream), visible: -1 } : tailAfter(event);
  }

  return {
    tail,
    async load(stream, from) {
      const events = await read(stream, from);
      const settled = await outcomesOf(events, outcomes.settled);
      const last = events.at(-1);
      return {
        events: visible(events, (batch) => settled.get(batch)).filter(({ revision }) => revision >= from),
        tail: await (last === undefined ? tail(stream) : tailAfter(last)),
      };
    },
    async loadUntil(stream, from, until) {
      const events = await read(stream, from);
      const found = await outcomesOf(events, outcomes.find);
      return visible(events, (batch) => found.get(batch)).filter(
        ({ revision, position }) => revision >= from && position <= until,
      );
    },
    async part(batch, { stream, from, count }) {
      const end = from + count - 1;
      if (end <= deletions.upTo(stream)) return [];
      const events = await read(stream, from, count);
      return events.filter(({ log }) => log.batch?.stream === batch);
    },
  };
}
