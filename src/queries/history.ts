// The story of one memory.
import { readerOf } from '../access/caller.ts';
import { streamName } from '../domain/streams.ts';
import type { QueryContext } from './dependencies.ts';
import { present, type VisibleEvent, visibleIn } from './visible-events.ts';

/** Every event of the memory's stream that the caller may see, oldest first; none for what it may not read. */
export async function history(context: QueryContext, id: string): Promise<VisibleEvent[]> {
  const reader = readerOf(context.caller);
  return present(context, await visibleIn(context, reader, streamName('memory', reader.tenant, id)));
}
