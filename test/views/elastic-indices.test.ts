// What can happen to the indices, and to the server, under a process that has the views open.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ElasticViews } from '../../src/views/elasticsearch/views-through.ts';
import { ask } from '../support/elasticsearch/ask.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/elasticsearch/faulty-proxy.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { openElastic } from './elastic-open.ts';

describe.skipIf(!elasticsearchUrl)('the indices of views on Elasticsearch', () => {
  let prefix: string;
  let views: ElasticViews;

  beforeEach(async () => {
    prefix = randomPrefix();
    ({ views } = await openElastic(prefix));
  });
  afterEach(async () => {
    await views.close();
    await removeIndices(prefix);
  });

  const put = (n: number) => views.apply([putMemory(at(n), aMemory(`m${n}`))], at(n));
  const total = async () => {
    await views.refresh();
    return (await views.list({ reader: operator, now: NOW, first: 1 })).total;
  };
  const unavailable = { code: 'UNAVAILABLE' };
  const indexOf = async (kind: string) => Object.keys(await ask<object>('GET', `/${prefix}-${kind}/_alias`))[0] ?? '';

  test.each(['memories', 'passages', 'votes', 'state', 'sessions'])(
    'when the index of %s is deleted, all is begun anew from the log',
    async (kind) => {
      await views.lease.hold();
      await put(1);
      await put(2);
      await ask('DELETE', `/${await indexOf(kind)}`);
      // Whoever projects tries again, from where the views then say they are; it finds out without anything to write.
      await expect
        .poll(async () => {
          await views.statistics().catch(() => {});
          return (await views.lease.hold().catch(() => true)) || views.apply([], at(2)).catch(() => 'go back');
        })
        .toBe('go back');
      expect(await views.checkpoint()).toBeNull();
      expect(await views.lease.hold()).toBe(true);
      expect(await total()).toBe(0);
      await put(1);
      await put(2);
      expect(await total()).toBe(2);
      expect(views.begunAnew).toBe('an index of them was gone');
    },
  );

  test('when the index of vectors is deleted, only they are made again', async () => {
    await put(1);
    const [wanted] = await views.wantedVectors(1);
    const vector = new Float32Array(64).fill(0.125);
    await views.putVectors([{ hash: wanted?.hash ?? '', vector }]);
    await ask('DELETE', `/${await indexOf('vectors')}`);
    await expect(views.putVectors([{ hash: wanted?.hash ?? '', vector }])).rejects.toMatchObject(unavailable);
    await views.putVectors([{ hash: wanted?.hash ?? '', vector }]);
    expect(await views.checkpoint()).toBe(at(1));
    expect(await total()).toBe(1);
  });

  test('no write makes an index by accident', async () => {
    await put(1);
    await ask('DELETE', `/${await indexOf('memories')}`);
    await expect(put(2)).rejects.toMatchObject(unavailable);
    const indices = Object.keys(await ask<object>('GET', `/${prefix}-*?features=aliases`));
    expect(indices.filter((name) => name.includes('@'))).toEqual([]);
  });

  test('indices that are read-only are said to be, and written when they are not any more', async () => {
    await put(1);
    for (const block of ['index.blocks.write', 'index.blocks.read_only_allow_delete']) {
      await ask('PUT', `/${prefix}-*/_settings`, { [block]: true });
      await expect(views.apply([putMemory(at(2), aMemory('m2'))], at(2))).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringContaining('read-only'),
      });
      expect(await total()).toBe(1);
      await ask('PUT', `/${prefix}-*/_settings`, { [block]: null });
    }
    await put(2);
    expect(await total()).toBe(2);
  });

  test('a mapping that does not fit is named, index and field, and nothing is written', async () => {
    await put(1);
    await views.close();
    const index = await indexOf('memories');
    const { mappings } = (await ask<Record<string, { mappings: { properties: object } }>>('GET', `/${index}/_mapping`))[
      index
    ] ?? { mappings: { properties: {} } };
    await ask('DELETE', `/${index}`);
    await ask('PUT', `/${index}`, {
      mappings: { ...mappings, properties: { ...mappings.properties, namespace: { type: 'text' } } },
      aliases: { [`${prefix}-memories`]: {}, [index.replace(/-(\d+)$/, '@$1')]: {} },
    });
    ({ views } = await openElastic(prefix));
    await expect(views.checkpoint()).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringMatching(new RegExp(`${index}.* namespace `)),
    });
    await expect(put(2)).rejects.toMatchObject(unavailable);
    expect(await ask('GET', `/${index}/_count`)).toMatchObject({ count: 0 });
  });

  describe('of a server', () => {
    let proxy: FaultyProxy;
    beforeEach(async () => {
      proxy = await startFaultyProxy(elasticsearchUrl ?? '');
      await views.close();
    });
    afterEach(() => proxy.stop());

    const aboutNodes = (path: string) => path.startsWith('/_nodes');
    const ofVersion = (version: string) => {
      proxy.fault = ({ path }) =>
        aboutNodes(path)
          ? {
              change: ({ status, body }) => ({
                status,
                body: body.replace(/"version":"[^"]*"/, `"version":"${version}"`),
              }),
            }
          : undefined;
    };

    test.each(['8.19.2', '9.2.9'])('that is too old, %s, are not made, and it is said why', async (version) => {
      ofVersion(version);
      ({ views } = await openElastic(prefix, { url: proxy.url }));
      const message = `Elasticsearch ${version} is too old: 9.3 or later is needed`;
      await expect(put(1)).rejects.toMatchObject({ ...unavailable, message });
      // It is found out when the server is replaced.
      ofVersion('9.3.0');
      await put(1);
      expect(await total()).toBe(1);
    });

    test('that does not tell its version are made', async () => {
      const body = JSON.stringify({ error: { type: 'security_exception' }, status: 403 });
      proxy.fault = ({ path }) => (aboutNodes(path) ? { answer: { status: 403, body } } : undefined);
      ({ views } = await openElastic(prefix, { url: proxy.url }));
      await put(1);
      expect(await total()).toBe(1);
    });
  });

  test('views of other projections, or of another layout, are begun anew', async () => {
    await put(1);
    await views.close();
    const signature = { projections: 2, model: 'hashed-words', dimensions: 64 };
    ({ views } = await openElastic(prefix, { signature }));
    expect(await views.checkpoint()).toBeNull();
    expect(views.begunAnew).toBe('they were made by other projections');
    await put(1);
    await views.close();
    // Who comes back to what it made before finds it, and goes on from there.
    ({ views } = await openElastic(prefix));
    expect(views.begunAnew).toBeNull();
    expect(await views.checkpoint()).toBe(at(1));
  });

  test('views that are emptied want everything again, and keep the vectors', async () => {
    await put(1);
    const [wanted] = await views.wantedVectors(1);
    await views.putVectors([{ hash: wanted?.hash ?? '', vector: new Float32Array(64).fill(0.125) }]);
    await views.reset();
    expect(await views.checkpoint()).toBeNull();
    expect(await total()).toBe(0);
    await put(1);
    expect(await total()).toBe(1);
    expect(await views.wantedVectors(1)).toEqual([]);
  });

  describe('while Elasticsearch is away', () => {
    let proxy: FaultyProxy;
    beforeEach(async () => {
      proxy = await startFaultyProxy(elasticsearchUrl ?? '');
    });
    afterEach(() => proxy.stop());

    test('at the start, everything fails until it is there', async () => {
      await put(1);
      await views.close();
      proxy.fault = () => ({ answer: { status: 503, body: '{}' } });
      ({ views } = await openElastic(prefix, { url: proxy.url }));
      await expect(views.checkpoint()).rejects.toMatchObject(unavailable);
      await expect(views.lease.hold()).rejects.toMatchObject(unavailable);
      await expect(views.list({ reader: operator, now: NOW, first: 1 })).rejects.toMatchObject(unavailable);
      proxy.fault = null;
      expect(await views.checkpoint()).toBe(at(1));
      await put(2);
      expect(await total()).toBe(2);
    });

    test('later, reads and writes fail, and go on when it is back', async () => {
      await views.close();
      ({ views } = await openElastic(prefix, { url: proxy.url }));
      await put(1);
      proxy.fault = () => ({ answer: { status: 503, body: '{}' } });
      await expect(put(2)).rejects.toMatchObject(unavailable);
      await expect(views.get(operator, ['m1'], NOW)).rejects.toMatchObject(unavailable);
      await expect(views.refresh()).rejects.toMatchObject(unavailable);
      proxy.fault = null;
      expect(await views.checkpoint()).toBe(at(1));
      await put(2);
      expect(await total()).toBe(2);
    });
  });
});
