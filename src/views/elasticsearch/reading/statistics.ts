// How much the views hold, for whoever runs them.
import { z } from 'zod';
import { scopes } from '../../../domain/visibility.ts';
import type { ViewStatistics } from '../../view-store.ts';
import { indexKinds } from '../names.ts';
import type { ReaderContext } from '../reader-context.ts';
import { has, is } from './query.ts';
import { searchOne } from './searches.ts';

/** Up to here distinct texts are counted exactly. */
const PRECISION = 40_000;

const buckets = z.object({ scopes: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) });
const hashes = z.object({ hashes: z.object({ value: z.number() }) });
const sizes = z.object({ _all: z.object({ total: z.object({ store: z.object({ size_in_bytes: z.number() }) }) }) });

export async function statistics(context: ReaderContext): Promise<ViewStatistics> {
  await context.refreshed();
  const count = { size: 0, track_total_hits: true };
  const [memories, passages, vectors, wanted] = await Promise.all([
    searchOne(context, 'memories', {
      size: 0,
      aggregations: { scopes: { filters: { filters: scopes.map((scope) => is('scope', scope)) } } },
    }),
    searchOne(context, 'passages', { ...count, query: has('tenant') }),
    searchOne(context, 'vectors', count),
    searchOne(context, 'passages', {
      size: 0,
      query: is('wanted', true),
      aggregations: { hashes: { cardinality: { field: 'hash', precision_threshold: PRECISION } } },
    }),
  ]);
  const inScope = buckets.parse(memories.aggregations).scopes.buckets.map(({ doc_count }) => doc_count);
  const [own = 0, shared = 0, global = 0] = inScope;
  return {
    memoriesByScope: { AGENT_PRIVATE: own, AGENT_SHARED: shared, GLOBAL: global },
    passages: passages.total,
    vectorsKept: vectors.total,
    vectorsWanted: hashes.parse(wanted.aggregations).hashes.value,
    bytesOnDisk: await bytesOnDisk(context),
  };
}

async function bytesOnDisk({ elastic, names }: ReaderContext): Promise<number> {
  const index = indexKinds.map(names.alias);
  const stats = await elastic.send('the views cannot be measured', (client, options) =>
    client.indices.stats({ index, metric: 'store' }, options),
  );
  return sizes.parse(stats)._all.total.store.size_in_bytes;
}
