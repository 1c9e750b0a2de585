// Opens views on the Elasticsearch of the tests, as the tests here need them.
import { pino } from 'pino';
import {
  type ElasticBuilds,
  type ElasticOptions,
  openElasticBuilds,
} from '../../src/views/elasticsearch/elastic-builds.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import type { MakeViews } from '../conformance/view-store/harness.ts';
import { countTokens } from '../support/count-tokens.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { createIndexPool } from '../support/elasticsearch/index-pool.ts';
import { signature } from './open.ts';

export const openElastic = (prefix: string, given: Partial<ElasticOptions> = {}): Promise<ElasticBuilds> =>
  openElasticBuilds({
    // Where there is none, whoever calls this is skipped.
    url: elasticsearchUrl ?? '',
    prefix,
    signature,
    countTokens,
    logger: pino({ level: 'silent' }),
    replicas: 0,
    ...given,
  });

/** Every read has what was applied before it: the views say so only after a refresh, and this asks for one in between. */
export const upToDate = (views: ViewStore): ViewStore => {
  let seen = false;
  const afterwards = async (write: () => Promise<void>): Promise<void> => {
    await write();
    seen = false;
  };
  const afterRefresh = async <T>(read: () => Promise<T>): Promise<T> => {
    if (!seen) {
      seen = true;
      await views.refresh();
    }
    return read();
  };
  return {
    ...views,
    apply: (...changes) => afterwards(() => views.apply(...changes)),
    putVectors: (vectors) => afterwards(() => views.putVectors(vectors)),
    list: (query) => afterRefresh(() => views.list(query)),
    search: (query) => afterRefresh(() => views.search(query)),
    findText: (tenant, key, now) => afterRefresh(() => views.findText(tenant, key, now)),
    records: (query) => afterRefresh(() => views.records(query)),
    scan: (query) => afterRefresh(() => views.scan(query)),
    statistics: () => afterRefresh(() => views.statistics()),
  };
};

/** For the conformance suite, and for whoever compares adapters. */
export function elasticPool(): { make: MakeViews; end(): Promise<void> } {
  const indices = createIndexPool();

  return {
    async make(given) {
      const prefix = indices.take();
      const open = async () => (await openElastic(prefix, { signature: given })).views;
      let views = await open();
      return {
        store: upToDate(views),
        async reopen() {
          await views.close();
          views = await open();
          return upToDate(views);
        },
        async cleanup() {
          await views.close();
          await indices.giveBack(prefix);
        },
      };
    },
    end: indices.end,
  };
}
