// Opens views on the Elasticsearch of the tests, as the tests here need them.
import { pino } from 'pino';
import {
  type ElasticBuilds,
  type ElasticOptions,
  openElasticBuilds,
} from '../../src/views/elasticsearch/elastic-builds.ts';
import type { ElasticViews } from '../../src/views/elasticsearch/views-through.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import type { MakeViews } from '../conformance/view-store/harness.ts';
import { countTokens } from '../support/count-tokens.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/elasticsearch/faulty-proxy.ts';
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

export type BehindProxy = {
  prefix: string;
  proxy: FaultyProxy;
  views: ElasticViews;
  /** `open`: the views that are open by then. */
  end(open: ElasticViews): Promise<void>;
};

/** Views under names of their own, which reach the server through a proxy. */
export async function openBehindProxy(): Promise<BehindProxy> {
  const prefix = randomPrefix();
  const proxy = await startFaultyProxy(elasticsearchUrl ?? '');
  const { views } = await openElastic(prefix, { url: proxy.url });
  return {
    prefix,
    proxy,
    views,
    async end(open) {
      proxy.fault = null;
      await open.close();
      await proxy.stop();
      await removeIndices(prefix);
    },
  };
}

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
