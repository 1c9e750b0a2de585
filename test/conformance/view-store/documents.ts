// Documents: how they are put, kept and given back.
import { expect, test } from 'vitest';
import { noVotes } from '../../../src/domain/votes.ts';
import { textKey } from '../../../src/text/text-key.ts';
import {
  aMemory,
  aReader,
  at,
  deprecated,
  minute,
  NOW,
  operator,
  putMemory,
  putVotes,
  someVotes,
  TENANT,
} from '../../support/fixtures.ts';
import { type Harness, nextPosition } from './harness.ts';

export function documentTests(
  { views, reopen, durable, apply, put, vote, listed, found }: Harness,
  wholeBatches: boolean,
): void {
  const memoryKey = (id: string, tenant = TENANT) => ({ kind: 'memory' as const, tenant, id });
  const votesKey = (id: string, tenant = TENANT) => ({ kind: 'votes' as const, tenant, id });

  test('a new store has no checkpoint', async () => {
    expect(await views().checkpoint()).toBeNull();
    expect((await views().list({ reader: operator, now: NOW, first: 1 })).position).toBeNull();
  });

  test('the checkpoint moves with the documents, and also without any', async () => {
    const [first, second] = [nextPosition(), nextPosition()];
    await views().apply([putMemory(first, aMemory('m1'))], first);
    expect(await views().checkpoint()).toBe(first);
    await views().apply([], second);
    expect(await views().checkpoint()).toBe(second);
    expect((await views().list({ reader: operator, now: NOW, first: 1 })).position).toBe(second);
    const question = { reader: operator, now: NOW, mode: 'KEYWORD' as const, text: 'parser', vector: null, limit: 1 };
    expect((await views().search(question)).position).toBe(second);
  });

  test('a batch applied twice is applied once', async () => {
    const memory = aMemory('m1', { content: 'First' });
    const revised = { ...memory, revision: 1, content: 'Second' };
    const batch = [
      putMemory(nextPosition(), memory),
      putMemory(nextPosition(), aMemory('m2', { createdAt: minute(1) })),
      putMemory(nextPosition(), revised),
      putVotes(nextPosition(), 'm1', someVotes(1)),
    ];
    await apply(batch);
    const state = async () => [
      await views().list({ reader: operator, now: NOW, first: 10 }),
      { ...(await views().statistics()), bytesOnDisk: null },
      await found('first second'),
    ];
    const once = await state();
    await apply(batch);
    expect(await state()).toEqual(once);
    expect(await views().get(operator, ['m1'], NOW)).toEqual([{ memory: revised, votes: someVotes(1) }]);
  });

  test('a change older than its document is skipped', async () => {
    const [older, newer] = [nextPosition(), nextPosition()];
    await views().apply([putMemory(newer, aMemory('m1', { content: 'Newer' }))], newer);
    await views().apply([putMemory(older, aMemory('m1', { content: 'Older' }))], nextPosition());
    expect(await views().load([memoryKey('m1')])).toMatchObject([{ content: 'Newer' }]);
    expect(await found('older')).toEqual([]);
    expect(await found('newer')).toEqual(['m1']);
  });

  test('a forgotten memory does not come back by an older change', async () => {
    const [older, newer] = [nextPosition(), nextPosition()];
    await views().apply([putMemory(newer, aMemory('m1', { forgotten: true }))], newer);
    await views().apply([putMemory(older, aMemory('m1'))], nextPosition());
    expect(await views().get(operator, ['m1'], NOW)).toEqual([null]);
    expect(await found('parser')).toEqual([]);
  });

  test('a memory and its votes are put apart', async () => {
    const [older, newer] = [nextPosition(), nextPosition()];
    await views().apply([putVotes(newer, 'm1', someVotes(2))], newer);
    expect(await views().get(operator, ['m1'], NOW)).toEqual([null]);
    await views().apply([putMemory(older, aMemory('m1'))], nextPosition());
    expect(await views().get(operator, ['m1'], NOW)).toEqual([{ memory: aMemory('m1'), votes: someVotes(2) }]);
  });

  test('a memory without votes is given with none', async () => {
    await put(aMemory('m1'));
    expect(await views().get(operator, ['m1'], NOW)).toEqual([{ memory: aMemory('m1'), votes: noVotes }]);
  });

  test('documents are loaded in the order asked, whoever may read them', async () => {
    const memory = aMemory('m1', { scope: 'AGENT_PRIVATE', ...deprecated });
    await put(memory, aMemory('m1', { tenant: 'other', content: 'Theirs' }));
    await vote('m1', someVotes(1));
    const keys = [
      votesKey('m1'),
      memoryKey('never'),
      memoryKey('m1', 'other'),
      memoryKey('m1'),
      votesKey('m1', 'other'),
    ];
    const loaded = await views().load(keys);
    expect(loaded).toEqual([
      someVotes(1),
      undefined,
      aMemory('m1', { tenant: 'other', content: 'Theirs' }),
      memory,
      undefined,
    ]);
  });

  test('of a forgotten memory is loaded at least that it was', async () => {
    await put(aMemory('m1'));
    await put(aMemory('m1', { revision: 3, forgotten: true }));
    const what = { id: 'm1', tenant: TENANT, revision: 3, forgotten: true };
    expect(await views().load([memoryKey('m1')])).toMatchObject([what]);
  });

  test('nothing is loaded for no keys', async () => {
    expect(await views().load([])).toEqual([]);
  });

  if (wholeBatches)
    test('readers see all of a batch or nothing of it', async () => {
      const batch = Array.from({ length: 200 }, (_, n) => putMemory(nextPosition(), aMemory(`m${n}`)));
      const applied = apply(batch);
      const totals = new Set<number>();
      let done = false;
      const end = applied.then(() => {
        done = true;
      });
      while (!done) totals.add((await views().list({ reader: operator, now: NOW, first: 1 })).total);
      await end;
      totals.add((await views().list({ reader: operator, now: NOW, first: 1 })).total);
      expect([...totals].filter((total) => total !== 0)).toEqual([200]);
    });

  test('what was given out is a copy', async () => {
    const given = aMemory('m1', { metadata: { kept: true } });
    await put(given);
    given.metadata.kept = false;
    const [view] = await views().get(operator, ['m1'], NOW);
    if (view) view.memory.content = 'changed by the one who asked';
    expect(await views().get(operator, ['m1'], NOW)).toEqual([
      { memory: aMemory('m1', { metadata: { kept: true } }), votes: noVotes },
    ]);
  });

  test('text and metadata come back exactly', async () => {
    const memory = aMemory('m1', {
      content: 'Ünïcödé 👩‍🚀 “quotes” \'"`\\ %_ \n\t e\u0301 \u{10ffff}',
      metadata: { 'a b': [1, -0.5, 1e21, null, true, { x: '…' }], __proto: {}, empty: '', n: Number.MAX_SAFE_INTEGER },
    });
    await put(memory);
    expect(await views().get(operator, ['m1'], NOW)).toEqual([{ memory, votes: noVotes }]);
  });

  test('get answers in the order asked, null for what is not there', async () => {
    await put(aMemory('m1'), aMemory('m2'), aMemory('m3'));
    const got = await views().get(operator, ['m3', 'never', 'm1', 'm3'], NOW);
    expect(got.map((view) => view?.memory.id ?? null)).toEqual(['m3', null, 'm1', 'm3']);
    expect(await views().get(operator, [], NOW)).toEqual([]);
  });

  test('get gives deprecated memories; lists and search only when asked', async () => {
    await put(aMemory('old', deprecated), aMemory('new'));
    expect(await views().get(operator, ['old'], NOW)).toMatchObject([{ memory: deprecated }]);
    expect(await listed(operator)).toEqual(['new']);
    expect(await found('parser')).toEqual(['new']);
    expect((await listed(operator, { includeDeprecated: true })).sort()).toEqual(['new', 'old']);
    expect(await found('parser', { includeDeprecated: true })).toEqual(['new', 'old']);
  });

  test('a restored memory is found again', async () => {
    await put(aMemory('m1', deprecated));
    await put(aMemory('m1', { revision: 2 }));
    expect(await listed(operator)).toEqual(['m1']);
    expect(await found('parser')).toEqual(['m1']);
  });

  test('a memory is in no read from the time it expires', async () => {
    await put(aMemory('m1', { expiresAt: minute(10) }), aMemory('m2'));
    const before = minute(9.99);
    expect((await views().get(operator, ['m1'], before))[0]).not.toBeNull();
    expect(await listed(operator, { now: before })).toHaveLength(2);
    expect(await found('parser', { now: before })).toEqual(['m1', 'm2']);
    expect(await views().get(operator, ['m1'], minute(10))).toEqual([null]);
    expect(await listed(operator, { now: minute(10) })).toEqual(['m2']);
    expect(await found('parser', { now: minute(10) })).toEqual(['m2']);
  });

  test('a forgotten memory is in no read', async () => {
    await put(aMemory('m1'), aMemory('m2'));
    await vote('m1', someVotes(3));
    await put(aMemory('m1', { revision: 1, forgotten: true }));
    expect(await views().get(operator, ['m1'], NOW)).toEqual([null]);
    expect(await views().get(aReader('ann'), ['m1'], NOW)).toEqual([null]);
    expect(await listed(operator, { includeDeprecated: true })).toEqual(['m2']);
    expect(await found('parser', { includeDeprecated: true })).toEqual(['m2']);
    expect(await listed(operator, { filter: { minEffectiveness: 0.5 } })).toEqual([]);
  });

  test('the same id in two tenants is two memories', async () => {
    const theirs = aMemory('m1', { tenant: 'other', content: 'Theirs' });
    await put(aMemory('m1'), theirs);
    await apply([putVotes(nextPosition(), 'm1', someVotes(1), 'other')]);
    expect(await views().get(operator, ['m1'], NOW)).toEqual([{ memory: aMemory('m1'), votes: noVotes }]);
    const other = { ...operator, tenant: 'other' };
    expect(await views().get(other, ['m1'], NOW)).toEqual([{ memory: theirs, votes: someVotes(1) }]);
  });

  test('a text is found by its key while a living memory that is not deprecated has it', async () => {
    const memory = aMemory('m1', { content: 'Pay by invoice', expiresAt: minute(10) });
    const find = (now: string, tenant = TENANT) => views().findText(tenant, textKey(memory), now);
    await put(memory, aMemory('m2', { content: 'Something else' }));
    expect(await find(minute(1))).toEqual(['m1']);
    expect(await find(minute(1), 'other')).toEqual([]);
    await put(aMemory('m3', { content: 'Pay by invoice' }));
    expect((await find(minute(1))).sort()).toEqual(['m1', 'm3']);
    expect(await find(minute(10))).toEqual(['m3']);
    await put(aMemory('m3', { content: 'Pay by invoice', ...deprecated }));
    expect(await find(minute(10))).toEqual([]);
    await put(aMemory('m3', { content: 'Pay by card' }));
    expect(await find(minute(10))).toEqual([]);
    await put(aMemory('m3', { content: 'Pay by invoice' }));
    expect(await find(minute(10))).toEqual(['m3']);
    await put(aMemory('m3', { content: 'Pay by invoice', forgotten: true }));
    expect(await find(minute(10))).toEqual([]);
  });

  test('statistics count what is kept', async () => {
    await put(
      aMemory('m1', { scope: 'AGENT_PRIVATE', content: 'one' }),
      aMemory('m2', { scope: 'AGENT_SHARED', content: 'two' }),
      aMemory('m3', { scope: 'GLOBAL', content: 'three', tenant: 'other' }),
      aMemory('m4', { content: 'four' }),
    );
    await put(aMemory('m4', { content: 'four', forgotten: true }));
    expect(await views().statistics()).toMatchObject({
      memoriesByScope: { AGENT_PRIVATE: 1, AGENT_SHARED: 1, GLOBAL: 1 },
      passages: 3,
      vectorsKept: 0,
      vectorsWanted: 3,
    });
  });

  test('a reopened store answers as before', async ({ skip }) => {
    skip(!durable(), 'nothing outlives a handle');
    await put(aMemory('m1', { session: 's', expiresAt: minute(100_000_000) }), aMemory('m2', { session: 's' }));
    await put(aMemory('m3', deprecated), aMemory('m4', { forgotten: true }));
    await vote('m1', someVotes(2, 1));
    const state = async () => [
      await views().checkpoint(),
      await views().load(['m1', 'm2', 'm3'].map((id) => memoryKey(id))),
      await views().list({ reader: operator, now: NOW, first: 10, includeDeprecated: true }),
      await views().search({
        reader: operator,
        now: NOW,
        mode: 'KEYWORD',
        text: 'parser mark',
        vector: null,
        limit: 9,
      }),
    ];
    const before = await state();
    await reopen();
    expect(await state()).toEqual(before);
    await views().apply([putMemory(at(0), aMemory('m4'))], nextPosition());
    expect(await views().get(operator, ['m4'], NOW)).toEqual([null]);
  });
}
