// While words are looked for, a search reads the documents of what was found by meaning: each once, and none is given that
// cannot be read.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ElasticViews } from '../../src/views/elasticsearch/views-through.ts';
import { vectorOf } from '../conformance/view-store/harness.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import type { Asked, FaultyProxy } from '../support/elasticsearch/faulty-proxy.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { type BehindProxy, openBehindProxy } from './elastic-open.ts';

const isForDocuments = ({ path, body }: Asked): boolean => path.startsWith('/_mget') && body.includes('acme+');
const isForWords = ({ path, body }: Asked): boolean => path.includes('/_search') && body.includes('"boost"');

describe.skipIf(!elasticsearchUrl)('a search that reads ahead', () => {
  let proxy: FaultyProxy;
  let views: ElasticViews;
  let end: BehindProxy['end'];

  beforeEach(async () => {
    ({ proxy, views, end } = await openBehindProxy());
    const contents = ['apple', 'pear', 'plum'];
    await views.apply(
      contents.map((content, n) => putMemory(at(n + 1), aMemory(content, { content }))),
      at(3),
    );
    const wanted = await views.wantedVectors(10);
    const near = wanted.filter(({ text }) => !text.includes('plum'));
    await views.putVectors(near.map(({ hash, text }) => ({ hash, vector: vectorOf(text) })));
    await views.refresh();
  });
  afterEach(() => end(views));

  const search = () =>
    views.search({
      reader: operator,
      now: NOW,
      mode: 'HYBRID',
      text: 'plum',
      vector: vectorOf('apple'),
      limit: 10,
      best: { count: 10, minScore: null },
    });

  test('asks for each document once', async () => {
    const read: string[] = [];
    const ahead = Promise.withResolvers<void>();
    proxy.fault = (asked) => {
      if (isForDocuments(asked)) {
        read.push(...[...asked.body.matchAll(/"_id":"acme\+(\w+)"/g)].map(([, id]) => id ?? ''));
        ahead.resolve();
      }
      return isForWords(asked) ? { until: ahead.promise } : undefined;
    };
    const { candidates } = await search();
    expect(candidates.map(({ memory }) => memory.id).toSorted()).toEqual(['apple', 'pear', 'plum']);
    // Each with its votes.
    expect(read.toSorted()).toEqual(['apple', 'apple', 'pear', 'pear', 'plum', 'plum']);
    expect(read.slice(0, 4)).not.toContain('plum');
  });

  test('fails as one that does not, when documents cannot be read', async () => {
    proxy.fault = (asked) =>
      isForDocuments(asked) ? { answer: { status: 503, body: '{"error":{"type":"unavailable"}}' } } : undefined;
    await expect(search()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
