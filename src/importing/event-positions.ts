// Positions that events name in their data. In another log the same events are elsewhere.
import type { Position, RecordedEvent } from '../domain/event.ts';

const named: Readonly<Record<string, readonly string[]>> = {
  'handoff.offered': ['pinnedAt'],
  'search.kept': ['position'],
};

export const namesPositions = ({ type }: Pick<RecordedEvent, 'type'>): boolean => Object.hasOwn(named, type);

/** The event with its positions as they are in the other log. */
export async function moved(
  event: RecordedEvent,
  placeOf: (position: Position) => Promise<Position>,
): Promise<RecordedEvent> {
  const places: Record<string, Position> = {};
  for (const field of named[event.type] ?? []) {
    const position = event.data[field];
    if (typeof position === 'string') places[field] = await placeOf(position);
  }
  return { ...event, data: { ...event.data, ...places } };
}
