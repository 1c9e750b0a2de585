// Sessions, features and handoffs as they were: each from its stream, up to the position.
import { readerOf } from '../access/caller.ts';
import { rosterAt } from '../access/roster-at.ts';
import { evolve as evolveFeature, type Feature, featureKey, isFeatureEvent } from '../domain/feature.ts';
import { canSee, type Handoff, shownTo } from '../domain/handoff.ts';
import { evolve as evolveSession, isSessionEvent, type Session } from '../domain/session.ts';
import { streamName } from '../domain/streams.ts';
import { type AsOf, momentOf } from './as-of.ts';
import type { QueryContext } from './dependencies.ts';
import { foldStream } from './fold-stream.ts';
import { handoffFold } from './handoffs.ts';

export async function sessionAsOf(context: QueryContext, id: string, asOf: AsOf): Promise<Session | null> {
  const stream = streamName('session', readerOf(context.caller).tenant, id);
  const { position } = await momentOf(context, asOf, 'asOf');
  return foldStream(context.log, stream, { isOwn: isSessionEvent, evolve: evolveSession }, { until: position });
}

export async function featureAsOf(
  context: QueryContext,
  namespace: string,
  id: string,
  asOf: AsOf,
): Promise<Feature | null> {
  const stream = streamName('feature', readerOf(context.caller).tenant, featureKey(namespace, id));
  const { position } = await momentOf(context, asOf, 'asOf');
  return foldStream(context.log, stream, { isOwn: isFeatureEvent, evolve: evolveFeature }, { until: position });
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
