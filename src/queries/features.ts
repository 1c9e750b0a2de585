// Features: the whole tenant's. One is read from its stream, and what has become of all of them from the views.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { evolve, type Feature, type FeatureStatus, featureKey, isFeatureEvent } from '../domain/feature.ts';
import { streamName } from '../domain/streams.ts';
import type { ReadStream } from '../log/event-log.ts';
import type { RecordsQuery } from '../views/view-store.ts';
import type { QueryContext } from './dependencies.ts';
import { foldStream } from './fold-stream.ts';
import { waitFor } from './wait.ts';

export type FeaturesInput = {
  namespace: string;
  /** null: of any, or of none. */
  session: string | null;
  status: FeatureStatus | null;
  minPosition: Position | null;
};

/** All counts are over the whole selection. */
export type FeatureSummary = {
  /** The last updated first, at most MOST_FEATURES. */
  nodes: Feature[];
  total: number;
  passing: number;
  failing: number;
  inProgress: number;
};

/** Features shown in one answer. */
export const MOST_FEATURES = 1_000;

/** As of now unless `until` is given. */
export async function feature(
  { caller, log }: QueryContext,
  namespace: string,
  id: string,
  options: Pick<ReadStream, 'until'> = {},
): Promise<Feature | null> {
  const { tenant } = readerOf(caller);
  const stream = streamName('feature', tenant, featureKey(namespace, id));
  return foldStream(log, stream, { isOwn: isFeatureEvent, evolve }, options);
}

export async function features(context: QueryContext, input: FeaturesInput): Promise<FeatureSummary> {
  const { tenant } = readerOf(context.caller);
  await waitFor(context, input.minPosition, 'minPosition');
  const summary: FeatureSummary = { nodes: [], total: 0, passing: 0, failing: 0, inProgress: 0 };
  for await (const page of pagesOf(context, {
    kind: 'feature',
    tenant,
    where: {
      namespace: input.namespace,
      ...(input.session !== null && { session: input.session }),
      ...(input.status !== null && { status: input.status }),
    },
    now: context.clock().toISOString(),
    first: MOST_FEATURES,
  })) {
    if (summary.nodes.length === 0) summary.nodes = page;
    summary.total += page.length;
    summary.passing += page.filter(({ passes }) => passes).length;
    summary.failing += page.filter(({ status }) => status === 'FAILED').length;
    summary.inProgress += page.filter(({ status }) => status === 'IN_PROGRESS').length;
  }
  return summary;
}

async function* pagesOf({ views }: QueryContext, query: RecordsQuery<'feature'>): AsyncGenerator<Feature[]> {
  let after: string | undefined;
  do {
    const { rows, hasNextPage } = await views.records({ ...query, ...(after !== undefined && { after }) });
    yield rows.map(({ document }) => document);
    after = hasNextPage ? rows.at(-1)?.cursor : undefined;
  } while (after !== undefined);
}
