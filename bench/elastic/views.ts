// Views on the Elasticsearch that the benches are given, under index names of their own.
import { pino } from 'pino';
import { type ElasticBuilds, openElasticBuilds } from '../../src/views/elasticsearch/elastic-builds.ts';
import type { ViewSignature } from '../../src/views/view-store.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../../test/support/elasticsearch/elasticsearch.ts';
import { DIMENSIONS } from '../index/data.ts';

export const signature: ViewSignature = { projections: 1, model: 'made-up', dimensions: DIMENSIONS };

export type BenchViews = ElasticBuilds & { prefix: string };

/** Opened, led by this process, and removed when the work is done. */
export async function withViews<T>(
  work: (opened: BenchViews) => Promise<T>,
  given: { url?: string; signature?: ViewSignature } = {},
): Promise<T> {
  const prefix = randomPrefix();
  const options = { url: elasticsearchUrl ?? '', prefix, signature, logger: pino({ level: 'silent' }), ...given };
  const builds = await openElasticBuilds(options);
  try {
    await builds.views.lease.hold();
    return await work({ ...builds, prefix });
  } finally {
    await builds.views.close();
    await removeIndices(prefix);
  }
}
