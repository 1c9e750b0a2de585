// The log's head, found by reading back over what comes to nothing.
import type { Position } from '../../domain/event.ts';
import type { Connection, StoredEvent } from './client.ts';
import type { Deletions } from './deletions.ts';
import type { Horizon } from './horizon.ts';
import type { Outcomes } from './outcomes.ts';
import { DELETIONS_STREAM, isBatchStream } from './own-streams.ts';
import type { Place, Positions } from './positions.ts';
import { insist } from './retry.ts';
import { readWritten } from './wire.ts';

export type Heads = {
  /** The place of the last event that ever was, deleted since or not. */
  read(): Promise<Position>;
  place(): Promise<Place>;
};

type Dependencies = {
  connection: Connection;
  deletions: Deletions;
  outcomes: Outcomes;
  positions: Positions;
  horizon: Horizon;
  born: bigint;
  patience: number;
};

const FIRST_CHUNK = 1;
const LARGEST_CHUNK = 1024;

export function createHeads({ deletions, outcomes, positions, horizon, ...log }: Dependencies): Heads {
  /** The place of the last event that was appended by this; null for an event that comes to nothing, or not yet. */
  function placeOf(stored: StoredEvent): Place | null {
    if (isBatchStream(stored.stream)) {
      const outcome = outcomes.hear(stored);
      if (!outcome.committed) return null;
      return { commit: outcome.commit, index: outcome.writes.reduce((sum, { count }) => sum + count, 0) };
    }
    const event = readWritten(stored);
    return event === null || event.log.batch !== undefined ? null : { commit: stored.commit, index: 0 };
  }

  async function place(): Promise<Place> {
    // What was deleted may be gone from the log; its deletion says where the head was.
    let least: Place = { commit: 0n, index: 0 };
    for await (const stored of backwards(log, null)) {
      horizon.reach(stored.commit);
      if (stored.stream === DELETIONS_STREAM) least = later(least, deletions.hear(stored).head);
      const found = placeOf(stored);
      if (found !== null) return later(least, found);
    }
    return least;
  }

  return {
    place,
    async read() {
      const { commit, index } = await place();
      return positions.of(commit, index);
    },
  };
}

type Log = { connection: Connection; born: bigint; patience: number };

/** All of the log that is before a commit position, the last first; null: before the end. Few at first: most look at one. */
export async function* backwards(
  { connection, born, patience }: Log,
  before: bigint | null,
): AsyncGenerator<StoredEvent> {
  let from = before;
  for (let count = FIRST_CHUNK; ; count = Math.min(LARGEST_CHUNK, count * 8)) {
    const { events, end } = await insist(patience, () => connection.readBack(from, count));
    for (const stored of events) {
      if (stored.commit < born) return;
      yield stored;
    }
    if (end) return;
    from = events.at(-1)?.commit ?? from;
  }
}

const later = (a: Place, b: Place): Place =>
  a.commit > b.commit || (a.commit === b.commit && a.index > b.index) ? a : b;
