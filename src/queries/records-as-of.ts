// Sessions, features and handoffs as they were: each from its stream, up to the position.
import { readerOf } from '../access/caller.ts';
import { rosterAt } from '../access/roster-at.ts';
import type { Feature } from '../domain/feature.ts';
import { canSee, type Handoff, shownTo } from '../domain/handoff.ts';
import type { Session } from '../domain/session.ts';
import { streamName } from '../domain/streams.ts';
import { type AsOf, momentOf } from './as-of.ts';
import type { QueryContext } from './dependencies.ts';
import { feature } from './features.ts';
import { foldStream } from './fold-stream.ts';
import { handoffFold } from './handoffs.ts';
import { session } from './sessions.ts';

export async function sessionAsOf(context: QueryContext, id: string, asOf: AsOf): Promise<Session | null> {
  readerOf(context.caller);
  const { position } = await momentOf(context, asOf, 'asOf');
  return session(context, id, { until: position });
}

export async function featureAsOf(
  context: QueryContext,
  namespace: string,
  id: string,
  asOf: AsOf,
): Promise<Feature | null> {
  readerOf(context.caller);
  const { position } = await momentOf(context, asOf, 'asOf');
  return feature(context, namespace, id, { until: position });
}

/** To those whom it concerned then, and concerns now. */
export async function handoffAsOf(context: QueryContext, id: string, asOf: AsOf): Promise<Handoff | null> {
  const reader = readerOf(context.caller);
  const { position, now } = await momentOf(context, asOf, 'asOf');
  const stream = streamName('handoff', reader.tenant, id);
  const [then, present] = await Promise.all([
    foldStream(context.log, stream, handoffFold, { until: position }),
    foldStream(context.log, stream, handoffFold),
  ]);
  if (then === null || present === null || !canSee(reader, present)) return null;
  const before = (await rosterAt(context.log, reader.tenant, position)).readerOf(reader.tenant, reader.agent);
  return canSee(before, then) ? shownTo(before, then, now) : null;
}
