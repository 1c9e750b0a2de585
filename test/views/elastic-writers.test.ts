// Several processes on the same indices: one of them writes, and what another still wants to write is refused.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Memory } from '../../src/domain/memory.ts';
import type { ElasticViews } from '../../src/views/elasticsearch/views-through.ts';
import { documentsIn } from '../support/elasticsearch/ask.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { type FaultyProxy, isBulk, startFaultyProxy } from '../support/elasticsearch/faulty-proxy.ts';
import { aMemory, at, minute, NOW, operator, putMemory } from '../support/fixtures.ts';
import { openElastic } from './elastic-open.ts';

const lease = { ttl: 1_000, renewEvery: 100 };

describe.skipIf(!elasticsearchUrl)('several writers of views on Elasticsearch', () => {
  let prefix: string;
  let proxy: FaultyProxy;
  /** It reaches the server through the proxy. */
  let first: ElasticViews;
  let second: ElasticViews;

  beforeEach(async () => {
    prefix = randomPrefix();
    proxy = await startFaultyProxy(elasticsearchUrl ?? '');
    ({ views: first } = await openElastic(prefix, { url: proxy.url, lease }));
    ({ views: second } = await openElastic(prefix, { lease }));
  });
  afterEach(async () => {
    proxy.fault = null;
    await Promise.all([first.close(), second.close()]);
    await proxy.stop();
    await removeIndices(prefix);
  });

  const put = (views: ElasticViews, n: number) => views.apply([putMemory(at(n), aMemory(`m${n}`))], at(n));
  const everything = async () => [
    await documentsIn(`${prefix}-memories`),
    await documentsIn(`${prefix}-passages`),
    await documentsIn(`${prefix}-state`),
  ];

  test('both open the same views, at the same time too', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openElastic(prefix)));
    const lists = await Promise.all(others.map(({ list }) => list()));
    expect(new Set(lists.map(({ serving }) => serving.id)).size).toBe(1);
    await Promise.all(others.map(({ views }) => views.close()));
  });

  test('while one has the lease the other is refused it, and can write nothing', async () => {
    expect(await first.lease.hold()).toBe(true);
    expect(await second.lease.hold()).toBe(false);
    await put(first, 1);
    const before = await documentsIn(`${prefix}-memories`);
    await expect(put(second, 2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(second.putVectors([{ hash: 'x', vector: new Float32Array(64) }])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(await documentsIn(`${prefix}-memories`)).toEqual(before);
    expect(await second.checkpoint()).toBe(at(1));
  });

  test('what one wrote the other reads after a refresh', async () => {
    await put(first, 1);
    expect(await second.refresh()).toBe(at(1));
    expect(await second.list({ reader: operator, now: NOW, first: 1 })).toMatchObject({ total: 1, position: at(1) });
  });

  test('a lease that is renewed stays, one that is not is taken over when its time is over', async () => {
    expect(await first.lease.hold()).toBe(true);
    const until = performance.now() + 2 * lease.ttl;
    while (performance.now() < until) {
      expect(await first.lease.hold()).toBe(true);
      expect(await second.lease.hold()).toBe(false);
    }
    const stopped = performance.now();
    await expect.poll(() => second.lease.hold()).toBe(true);
    expect(performance.now() - stopped).toBeGreaterThan(lease.ttl * 0.9);
    expect(await first.lease.hold()).toBe(false);
  });

  test('a lease that is given up is free at once', async () => {
    await first.lease.hold();
    expect(await second.lease.hold()).toBe(false);
    await first.lease.release();
    expect(await second.lease.hold()).toBe(true);
  });

  test('who lost the lease without knowing changes nothing any more', async () => {
    await put(first, 1);
    await first.close();
    // A writer that believes in its lease for ever, as one whose clock stood still would.
    ({ views: first } = await openElastic(prefix, { url: proxy.url, lease: { ttl: 1e9, renewEvery: 1e8 } }));
    await put(first, 2);
    await expect.poll(() => second.lease.hold()).toBe(true);
    await put(second, 3);
    const before = await everything();
    await expect(
      first.apply([putMemory(at(4), aMemory('m4')), putMemory(at(5), aMemory('m3', { content: 'stale' }))], at(5)),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await everything()).toEqual(before);
  });

  test('who loses the lease in the middle of a batch does not move the checkpoint', async () => {
    await put(first, 1);
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    proxy.fault = (asked) => {
      if (!isBulk(asked)) return undefined;
      reached.resolve();
      return { until: go.promise };
    };
    const applied = put(first, 2);
    const refused = expect(applied).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await reached.promise;
    await expect.poll(() => second.lease.hold()).toBe(true);
    go.resolve();
    await refused;
    expect(await second.checkpoint()).toBe(at(1));
  });

  test('what is written again by the one that took over is there once', async () => {
    await put(first, 1);
    proxy.fault = (asked) => (asked.path.includes('/_doc/checkpoint') ? 'hang' : undefined);
    const abandoned = put(first, 2).catch(() => 'failed');
    await expect.poll(() => second.lease.hold()).toBe(true);
    expect(await second.checkpoint()).toBe(at(1));
    await put(second, 2);
    await put(second, 3);
    await second.refresh();
    expect((await second.list({ reader: operator, now: NOW, first: 10 })).total).toBe(3);
    proxy.fault = null;
    await proxy.stop();
    expect(await abandoned).toBe('failed');
    proxy = await startFaultyProxy(elasticsearchUrl ?? '');
  });

  test('what expired lends no words from then on, also where another process writes', async () => {
    const said = (n: number, content: string, given: Partial<Memory> = {}) =>
      putMemory(at(n), aMemory(`m${n}`, { content, session: 's', occurredAt: minute(n), ...given }));
    await first.apply([said(1, 'swordfish', { expiresAt: minute(30) }), said(2, 'thanks')], at(2));
    await second.refresh();
    const ask = async (now: string) => {
      const question = { mode: 'KEYWORD', text: 'swordfish thanks', vector: null, limit: 5 } as const;
      const { candidates } = await second.search({ reader: operator, now, ...question });
      return Object.fromEntries(candidates.map(({ memory, matchedTerms }) => [memory.id, matchedTerms]));
    };
    expect(await ask(minute(29))).toEqual({ m1: ['swordfish'], m2: ['swordfish', 'thanks'] });
    expect(await ask(minute(30))).toEqual({ m2: ['thanks'] });
  });
});
