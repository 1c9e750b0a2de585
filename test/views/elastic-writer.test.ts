// What Elasticsearch adds to the contract of writing views: requests and single documents that fail.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ElasticViews } from '../../src/views/elasticsearch/views-through.ts';
import { RejectedChanges } from '../../src/views/rejected-changes.ts';
import { documentsIn } from '../support/elasticsearch/ask.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { type FaultyProxy, failingItems, idsInBulk, isBulk } from '../support/elasticsearch/faulty-proxy.ts';
import {
  aMemory,
  at,
  deprecated,
  memoryStream,
  minute,
  NOW,
  operator,
  putMemory,
  putVotes,
  someVotes,
} from '../support/fixtures.ts';
import { type BehindProxy, openBehindProxy, openElastic } from './elastic-open.ts';

const BUSY = 'es_rejected_execution_exception';

describe.skipIf(!elasticsearchUrl)('writing views to Elasticsearch', () => {
  let prefix: string;
  let proxy: FaultyProxy;
  let views: ElasticViews;
  let end: BehindProxy['end'];

  beforeEach(async () => {
    ({ prefix, proxy, views, end } = await openBehindProxy());
  });
  afterEach(() => end(views));

  const listed = async () => {
    await views.refresh();
    const { rows } = await views.list({ reader: operator, now: NOW, first: 100 });
    return rows.map(({ memory }) => memory.id).sort();
  };
  const three = ['a', 'b', 'c'].map((id, n) => putMemory(at(n + 1), aMemory(id)));

  test('documents that the server is too busy for are sent again, and only they', async () => {
    const bulks: string[][] = [];
    proxy.fault = (asked) => {
      if (!isBulk(asked)) return undefined;
      bulks.push(idsInBulk(asked));
      return { change: failingItems(asked, (id) => id === 'acme+b' && bulks.length < 3, 429, BUSY) };
    };
    await views.apply(three, at(3));
    proxy.fault = null;
    expect(bulks[0]).toHaveLength(6);
    expect(bulks.slice(1)).toEqual([['acme+b'], ['acme+b']]);
    expect(await listed()).toEqual(['a', 'b', 'c']);
    expect(await views.checkpoint()).toBe(at(3));
  });

  test('while the server stays too busy it fails, and nothing is lost when it is tried again', async () => {
    proxy.fault = (asked) =>
      isBulk(asked) ? { change: failingItems(asked, (id) => id.startsWith('acme+b'), 429, BUSY) } : undefined;
    await expect(views.apply(three, at(3))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await views.checkpoint()).toBeNull();
    proxy.fault = null;
    await views.apply(three, at(3));
    expect(await listed()).toEqual(['a', 'b', 'c']);
  });

  test('documents that the server will never take are named, all others are applied, the checkpoint stays', async () => {
    proxy.fault = (asked) =>
      isBulk(asked)
        ? { change: failingItems(asked, (id) => id === 'acme+b', 400, 'document_parsing_exception') }
        : undefined;
    const applied = views.apply([...three, putVotes(at(4), 'a', someVotes(1))], at(4));
    const error = await applied.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RejectedChanges);
    expect(error).toMatchObject({
      rejected: [{ key: { kind: 'memory', tenant: 'acme', id: 'b' }, reason: 'document_parsing_exception' }],
    });
    expect(await views.checkpoint()).toBeNull();
    expect(await listed()).toContain('c');
    proxy.fault = null;
    const parked = { stream: memoryStream('b'), position: at(2), type: 'x', reason: 'r', events: 1, since: minute(0) };
    await views.apply(
      [three[0], three[2]].flatMap((change) => change ?? []),
      at(4),
      { park: [parked], release: [] },
    );
    expect(await views.checkpoint()).toBe(at(4));
    expect(await views.get(operator, ['a'], NOW)).toMatchObject([{ votes: someVotes(1) }]);
  });

  test('a document that is there already is as good as written', async () => {
    proxy.fault = (asked) =>
      isBulk(asked) ? { change: failingItems(asked, () => true, 409, 'version_conflict_engine_exception') } : undefined;
    await views.apply(three, at(3));
    expect(await views.checkpoint()).toBe(at(3));
  });

  test('an acknowledgement that is lost, of documents or of the checkpoint, costs nothing', async () => {
    for (const [n, path] of ['/_bulk', '/_doc/checkpoint', '/_doc/lease'].entries()) {
      let lost = 0;
      proxy.fault = ({ method, path: asked }) =>
        method !== 'GET' && asked.includes(path) && !asked.includes('_mget') && lost++ === 0 ? 'lose' : undefined;
      if (n === 2) expect(await views.lease.hold()).toBe(true);
      await views.apply([putMemory(at(n + 1), aMemory(`m${n}`))], at(n + 1));
      expect(lost).toBeGreaterThan(0);
      expect(await views.checkpoint()).toBe(at(n + 1));
    }
    expect(await listed()).toEqual(['m0', 'm1', 'm2']);
  });

  test('a server that never answers is given up in time', async () => {
    await views.close();
    ({ views } = await openElastic(prefix, { url: proxy.url, timeout: 200 }));
    await views.apply(three, at(3));
    proxy.fault = () => 'hang';
    await expect(views.list({ reader: operator, now: NOW, first: 1 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  test('no failure says anything of what was written or asked', async () => {
    const secret = 'swordfish';
    const reason = { error: { type: 'mapper_parsing_exception', reason: secret }, status: 400 };
    const failures: unknown[] = [];
    const keep = (thrown: unknown) => failures.push(thrown);
    proxy.fault = () => ({ answer: { status: 400, body: JSON.stringify(reason) } });
    await views.apply([putMemory(at(1), aMemory('a', { content: secret }))], at(1)).catch(keep);
    await views.list({ reader: operator, now: NOW, first: 1, filter: { users: [secret] } }).catch(keep);
    expect(failures).toHaveLength(2);
    for (const failure of failures as Error[]) {
      expect(failure.cause).toBeUndefined();
      expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain(secret);
    }
  });

  test('a batch that comes again leaves every document as it was', async () => {
    const batch = [
      ...three,
      putMemory(at(4), aMemory('a', { revision: 1, content: 'Now it is something else' })),
      putMemory(at(5), aMemory('b', { revision: 1, forgotten: true })),
      putMemory(at(6), aMemory('c', { revision: 1, ...deprecated })),
      putVotes(at(7), 'a', someVotes(2)),
    ];
    await views.apply(batch, at(7));
    const state = async () => [
      await documentsIn(`${prefix}-memories`),
      await documentsIn(`${prefix}-passages`),
      await documentsIn(`${prefix}-votes`),
    ];
    const once = await state();
    await views.apply(batch, at(7));
    // Also as another process does it, which knows nothing of what was written.
    await views.close();
    ({ views } = await openElastic(prefix));
    await views.apply(batch, at(7));
    expect(await state()).toEqual(once);
    expect(await views.checkpoint()).toBe(at(7));
  });

  test('of a forgotten memory nothing that it said is in any index, and an older write brings none of it back', async () => {
    const secret = aMemory('a', { content: 'The password is swordfish', session: 's' });
    const follower = aMemory('b', { content: 'Thanks', session: 's', occurredAt: minute(1) });
    await views.apply(
      [putMemory(at(1), secret), putMemory(at(2), follower), putVotes(at(3), 'a', someVotes(1))],
      at(3),
    );
    const [wanted] = await views.wantedVectors(1);
    await views.putVectors([{ hash: wanted?.hash ?? '', vector: new Float32Array(64).fill(0.125) }]);
    await views.apply([putMemory(at(4), { ...secret, revision: 1, forgotten: true })], at(4));
    await views.apply([putMemory(at(1), secret)], at(4));
    const kept = await Promise.all(
      ['memories', 'passages', 'votes', 'vectors'].map((kind) => documentsIn(`${prefix}-${kind}`)),
    );
    expect(JSON.stringify(kept.map((documents) => [...documents]))).not.toMatch(/swordfish|voter-0/);
    expect(kept[3]).toEqual(new Map());
    expect(kept[1]?.get('acme+a#0')).toEqual({ gone: true, goneBy: at(4) });
  });

  test('what is left of its passages is swept away when no older write can come any more', async () => {
    await views.close();
    ({ views } = await openElastic(prefix, { goneFor: 50 }));
    await views.apply([putMemory(at(1), aMemory('a')), putMemory(at(2), aMemory('b'))], at(2));
    await views.apply([putMemory(at(3), aMemory('a', { revision: 1, forgotten: true }))], at(3));
    await expect
      .poll(async () => {
        await views.sweep(NOW);
        return [...(await documentsIn(`${prefix}-passages`)).keys()];
      })
      .toEqual(['acme+b#0']);
    expect([...(await documentsIn(`${prefix}-memories`)).keys()].sort()).toEqual(['acme+a', 'acme+b']);
  });

  test('the text of what expired is swept away, and it is as good as forgotten', async () => {
    const expiring = aMemory('a', { content: 'The password is swordfish', expiresAt: minute(10) });
    await views.apply(
      [putMemory(at(1), expiring), putVotes(at(2), 'a', someVotes(1)), putMemory(at(3), aMemory('b'))],
      at(3),
    );
    await views.refresh();
    expect(await views.sweep(minute(10.5))).toBe(0);
    expect(await views.sweep(minute(11))).toBe(1);
    expect(await views.load([{ kind: 'memory', tenant: 'acme', id: 'a' }])).toMatchObject([
      { forgotten: true, content: '' },
    ]);
    const kept = await Promise.all(['memories', 'passages', 'votes'].map((kind) => documentsIn(`${prefix}-${kind}`)));
    expect(JSON.stringify(kept.map((documents) => [...documents]))).not.toMatch(/swordfish|voter-0/);
  });

  test('what was given longer while it was looked for as expired is found until then', async () => {
    const until = (time: number) => aMemory('a', { content: 'swordfish', session: 's', expiresAt: minute(time) });
    const found = async (now: string) => {
      const { candidates } = await views.search({ reader: operator, now, ...question });
      return candidates.map(({ memory }) => memory.id);
    };
    const question = { mode: 'KEYWORD', text: 'swordfish', vector: null, limit: 5 } as const;
    await views.apply([putMemory(at(1), until(10))], at(1));
    await views.refresh();
    const looked = Promise.withResolvers<void>();
    const given = Promise.withResolvers<void>();
    proxy.fault = ({ path, body }) => {
      if (!path.includes('passages') || !/"expiresAt":\{"lte":.*"neighbours"/.test(body)) return undefined;
      looked.resolve();
      return { held: given.promise };
    };
    const asked = found(minute(10));
    await looked.promise;
    proxy.fault = null;
    await views.apply([putMemory(at(2), until(30))], at(2));
    given.resolve();
    await asked;
    await views.refresh();
    expect(await found(minute(20))).toEqual(['a']);
    expect(await found(minute(30))).toEqual([]);
  });

  test('after a sweep the server merges what is due, if it may', async () => {
    await views.apply(three, at(3));
    const merges: string[] = [];
    proxy.fault = ({ path }) => {
      if (!path.includes('_forcemerge')) return undefined;
      merges.push(path);
      const body = JSON.stringify({ status: 403, error: { type: 'security_exception' } });
      return merges.length === 1 ? undefined : { answer: { status: 403, body } };
    };
    expect(await views.sweep(minute(1))).toBe(0);
    expect(await views.sweep(minute(2))).toBe(0);
    expect(merges).toHaveLength(2);
    expect(merges[0]).toMatch(/passages.*\?flush=false$/);
    expect(await listed()).toEqual(['a', 'b', 'c']);
  });
});
