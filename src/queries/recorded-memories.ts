// Memories by id from the log: what a command has just written is there, whatever the views have.
import { readerOf } from '../access/caller.ts';
import { isAlive, type MemoryEvent } from '../domain/memory.ts';
import { evolve, isMemoryEvent, type MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import { canRead } from '../domain/visibility.ts';
import type { VoteEvent } from '../domain/votes.ts';
import type { QueryContext } from './dependencies.ts';
import { type Fold, foldStream } from './fold-stream.ts';

export const memoryFold: Fold<MemoryView, MemoryEvent | VoteEvent> = { isOwn: isMemoryEvent, evolve };

/** In the order asked; null for what the caller may not read, and just so for what there never was. */
export async function recordedMemories(context: QueryContext, ids: readonly string[]): Promise<(MemoryView | null)[]> {
  const reader = readerOf(context.caller);
  const now = context.clock().toISOString();
  return Promise.all(
    ids.map(async (id) => {
      const view = await foldStream(context.log, streamName('memory', reader.tenant, id), memoryFold);
      return view !== null && isAlive(view.memory, now) && canRead(reader, view.memory) ? view : null;
    }),
  );
}
