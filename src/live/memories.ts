// What happens to memories, as a subscriber sees it: as if it kept a list of those that its filter selects.
import { readerOf } from '../access/caller.ts';
import type { Instant, Position } from '../domain/event.ts';
import { isAlive } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import { matches } from '../views/matches.ts';
import type { MemoryFilter } from '../views/view-store.ts';
import type { See } from './cursor.ts';
import type { States } from './states.ts';

export type MemoryChanged = {
  kind: 'memory';
  position: Position;
  event: string;
  id: string;
  /** As it was after the event; null: it left what the subscriber sees. */
  memory: MemoryView | null;
};

export type MemorySelection = { filter: MemoryFilter; includeDeprecated: boolean };

/**
 * A memory is shown to whom its event let read it, and who may read it now. One that was selected before the event and
 * is not any more is told of as gone.
 */
export function seeMemories(
  states: States<MemoryView>,
  clock: () => Date,
  { filter, includeDeprecated }: MemorySelection,
): See<MemoryChanged> {
  const selects = (reader: Reader, view: MemoryView | null, time: Instant): boolean =>
    isReadable(reader, view, time) && (includeDeprecated || view.memory.deprecation === null) && matches(filter, view);

  return async (decoded, caller) => {
    const reader = readerOf(caller);
    const { event, at, position, stream } = decoded;
    const { before, after } = await states.around(decoded);
    const changed = { kind: 'memory', position, event: event.type, id: at.id } as const;
    if (selects(reader, after, at.recordedAt)) {
      const now = clock().toISOString();
      return isReadable(reader, await states.now(stream), now) ? { ...changed, memory: after } : null;
    }
    return selects(reader, before, at.recordedAt) ? { ...changed, memory: null } : null;
  };
}

export const isReadable = (reader: Reader, view: MemoryView | null, time: Instant): view is MemoryView =>
  view !== null && canRead(reader, view.memory) && isAlive(view.memory, time);
