// Runs the tests of the distributed profile where there is an Elasticsearch. Elsewhere they are reported as skipped.
import { type SerializedConfig, TestRunner } from 'vitest';
import { elasticsearchUrl } from '../elasticsearch/elasticsearch.ts';

const NONE = /(?!)/;

export default class extends TestRunner {
  constructor(config: SerializedConfig) {
    super(elasticsearchUrl === undefined ? { ...config, testNamePattern: NONE } : config);
  }
}
