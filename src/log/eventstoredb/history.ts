// The server's log, of all streams, as a history of visible events: deleted ones left out, those of a batch given at the
// place of its outcome.
import type { RecordedEvent } from '../../domain/event.ts';
import type { StoredEvent } from './client.ts';
import type { Deletions } from './deletions.ts';
import type { Outcome, Outcomes } from './outcomes.ts';
import { DELETIONS_STREAM, isBatchStream } from './own-streams.ts';
import type { Place, Positions } from './positions.ts';
import { hiddenBefore, type StreamReader } from './stream-reader.ts';
import { readWritten, recordedOf, type Written } from './wire.ts';

/** What one stored event comes to; `place` is that of its last event, also where deletions left none. Null: nothing. */
export type Step = { place: Place; events: RecordedEvent[] };

type Dependencies = { deletions: Deletions; outcomes: Outcomes; positions: Positions; reader: StreamReader };

/** A reader of stored events in the order of the log; it holds the events of batches that are open yet. */
export type History = {
  /** Events of streams that do not match are left out. A promise only where events of a batch have to be looked up. */
  next(stored: StoredEvent): Step | null | Promise<Step | null>;
};

export function createHistory(
  { deletions, outcomes, positions, reader }: Dependencies,
  matches: (stream: string) => boolean,
): History {
  const held = new Map<string, Written[]>();

  const isDeleted = ({ stream, revision }: StoredEvent) => revision <= deletions.upTo(stream);
  const given = (event: Written, { commit, index }: Place): RecordedEvent =>
    recordedOf(
      event,
      event.stored.revision - hiddenBefore(event, deletions.upTo(event.stored.stream)),
      positions.of(commit, index),
    );

  function stepOf(outcome: Outcome & { committed: true }, events: Written[]): Step {
    const { commit, writes } = outcome;
    const count = writes.reduce((sum, part) => sum + part.count, 0);
    const visible = events
      .filter(({ stored }) => !isDeleted(stored) && matches(stored.stream))
      .toSorted((a, b) => indexOf(a) - indexOf(b));
    return {
      place: { commit, index: count },
      events: visible.map((event) => given(event, { commit, index: indexOf(event) })),
    };
  }

  function settle(batch: string, outcome: Outcome): Step | null | Promise<Step | null> {
    const events = held.get(batch) ?? [];
    held.delete(batch);
    if (!outcome.committed) return null;
    const wanted = outcome.writes.filter(({ stream }) => matches(stream));
    const missing = wanted.filter(
      ({ stream, count }) => events.filter(({ stored }) => stored.stream === stream).length < count,
    );
    if (missing.length === 0) return stepOf(outcome, events);
    return Promise.all(missing.map((part) => reader.part(batch, part))).then((parts) => {
      const looked = new Set(missing.map(({ stream }) => stream));
      const rest = events.filter(({ stored }) => !looked.has(stored.stream));
      return stepOf(outcome, [...rest, ...parts.flat()]);
    });
  }

  return {
    next(stored) {
      if (isBatchStream(stored.stream)) return settle(stored.stream, outcomes.hear(stored));
      if (stored.stream === DELETIONS_STREAM) {
        // What was deleted may be gone from the log.
        return { place: deletions.hear(stored).head, events: [] };
      }
      const event = readWritten(stored);
      if (event === null) return null;
      const { batch } = event.log;
      if (batch !== undefined) {
        if (!matches(stored.stream)) return null;
        const others = held.get(batch.stream);
        if (others === undefined) held.set(batch.stream, [event]);
        else others.push(event);
        return null;
      }
      const place = { commit: stored.commit, index: 0 };
      const visible = !isDeleted(stored) && matches(stored.stream);
      return { place, events: visible ? [given(event, place)] : [] };
    },
  };
}

const indexOf = ({ log }: Written): number => log.batch?.index ?? 0;
