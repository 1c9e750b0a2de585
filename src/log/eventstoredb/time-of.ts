// When the last event at or before a position was recorded.
import type { Instant, Position } from '../../domain/event.ts';
import type { Connection, StoredEvent } from './client.ts';
import { backwards } from './heads.ts';
import type { History } from './history.ts';
import type { Positions } from './positions.ts';
import { insist } from './retry.ts';

type Dependencies = {
  connection: Connection;
  positions: Positions;
  born: bigint;
  patience: number;
  history(): History;
};

export function createTimeOf({ positions, history, ...source }: Dependencies) {
  const { connection, patience } = source;
  return async (position: Position): Promise<Instant | null> => {
    const { commit } = positions.placeOf(position, 'position');
    if (commit === 0n) return null;
    const log = history();
    const timeOf = async (stored: StoredEvent): Promise<Instant | null> => {
      const step = await log.next(stored);
      return step?.events.findLast((event) => event.position <= position)?.recordedAt ?? null;
    };
    // Reading back begins before the position.
    const { events } = await insist(patience, () => connection.readAll(commit, 1, () => true));
    const [first] = events;
    const exactly = first?.commit === commit ? await timeOf(first) : null;
    if (exactly !== null) return exactly;
    for await (const stored of backwards(source, commit)) {
      const time = await timeOf(stored);
      if (time !== null) return time;
    }
    return null;
  };
}
