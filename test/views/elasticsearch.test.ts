// The views on Elasticsearch: the port's specification.
import { afterAll, describe } from 'vitest';
import { viewStoreConformance } from '../conformance/view-store.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { elasticPool } from './elastic-open.ts';

describe.skipIf(elasticsearchUrl === undefined)('with a server', () => {
  const { make, end } = elasticPool();
  afterAll(end);
  viewStoreConformance('elasticsearch', make, { runs: 3, wholeBatches: false });
});
