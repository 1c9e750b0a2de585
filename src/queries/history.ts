// The story of one memory, session or feature.
import { readerOf } from '../access/caller.ts';
import { streamName } from '../domain/streams.ts';
import { decodeKnown } from '../events/codec.ts';
import type { QueryContext } from './dependencies.ts';
import { present, type VisibleEvent, visibleIn } from './visible-events.ts';

/** Every event of the memory's stream that the caller may see, oldest first; none for what it may not read. */
export async function history(context: QueryContext, id: string): Promise<VisibleEvent[]> {
  const reader = readerOf(context.caller);
  return present(context, await visibleIn(context, reader, streamName('memory', reader.tenant, id)));
}

/** Every event of a session or a feature, oldest first: they are the whole tenant's, and name no memories. */
export async function recordHistory(
  context: QueryContext,
  kind: 'session' | 'feature',
  id: string,
): Promise<VisibleEvent[]> {
  const { tenant } = readerOf(context.caller);
  const recorded = await context.log.readStream(streamName(kind, tenant, id));
  return present(context, decodeKnown(recorded));
}
