// Context: a short message is also found by what was said just before it, and never by what its reader may not read.
import { describe, expect, test } from 'vitest';
import type { Memory } from '../../../src/domain/memory.ts';
import { mixVectors } from '../../../src/text/context.ts';
import { aMemory, aReader, deprecated, minute, NOW, operator, putMemory, shared } from '../../support/fixtures.ts';
import { type Harness, nextPosition, vectorOf } from './harness.ts';

/** Message n of the session s, a minute after the one before. */
const said = (n: number, content: string, given: Partial<Memory> = {}): Memory =>
  aMemory(`m${n}`, { content, session: 's', occurredAt: minute(n), createdAt: minute(n), ...given });

const LONG = 'Many words are in this sentence of a very long memory. '.repeat(40);

export function contextTests({ views, apply, put, embed, search, found }: Harness): void {
  const coverageOf = async (question: string, id: string) =>
    (await search(question)).find(({ memory }) => memory.id === id)?.coverage ?? 0;

  test('the three before lend their words, the nearest most', async () => {
    await put(said(1, 'apple'), said(2, 'nothing'), said(3, 'nothing'), said(4, 'nothing'), said(5, 'nothing'));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm3', 'm4']);
    const [own, next, second, third] = await Promise.all(['m1', 'm2', 'm3', 'm4'].map((id) => coverageOf('apple', id)));
    expect(own).toBeGreaterThan(next ?? 1);
    expect(next).toBeGreaterThan(second ?? 1);
    expect(second).toBeGreaterThan(third ?? 1);
  });

  test('a word that is lent counts as found', async () => {
    await put(said(1, 'apple'), said(2, 'pear'));
    const hit = (await search('Apples and pears')).find(({ memory }) => memory.id === 'm2');
    expect(hit?.matchedTerms.toSorted()).toEqual(['Apples', 'pears']);
  });

  test('the content is lent, not the author nor the date', async () => {
    await put(said(1, 'apple', { author: 'Melanie', occurredAt: '2023-05-08T12:00:00.000Z' }), said(2, 'pear'));
    expect(await found('apple')).toEqual(['m1', 'm2']);
    expect(await found('Melanie')).toEqual(['m1']);
    expect(await found('8 May 2023')).toEqual(['m1']);
  });

  test('what is lent is not lent on', async () => {
    await put(said(1, 'apple'), said(2, 'b'), said(3, 'c'), said(4, 'd'), said(5, 'e'), said(6, 'f'));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  test('the order is by the time it occurred, then as recorded, not by when it arrived', async () => {
    await put(said(3, 'pear'), said(1, 'apple'));
    expect(await found('apple')).toEqual(['m1', 'm3']);
    expect(await found('pear')).toEqual(['m3']);
    const same = { occurredAt: minute(9), session: 't' };
    await put(aMemory('z', { content: 'grape', ...same }), aMemory('a', { content: 'plum', ...same }));
    expect(await found('grape')).toEqual(['a', 'z']);
    expect(await found('plum')).toEqual(['a']);
  });

  test('nor does one in the same batch', async () => {
    const same = { occurredAt: minute(9), session: 't' };
    const first = aMemory('z', { content: 'grape', ...same });
    const memories = [first, aMemory('a', { content: 'plum', ...same }), { ...first, revision: 1, content: 'juice' }];
    await apply(memories.map((memory) => putMemory(nextPosition(), memory)));
    expect(await found('juice')).toEqual(['a', 'z']);
    expect(await found('plum')).toEqual(['a']);
  });

  test('a revision does not move a memory behind others of the same time', async () => {
    const same = { occurredAt: minute(9), session: 't' };
    const first = aMemory('z', { content: 'grape', ...same });
    await put(first, aMemory('a', { content: 'plum', ...same }));
    await put({ ...first, revision: 1, content: 'grape juice' });
    expect(await found('juice')).toEqual(['a', 'z']);
    expect(await found('plum')).toEqual(['a']);
  });

  test('one that arrives in between changes those after it', async () => {
    await put(said(1, 'apple'), said(3, 'c'), said(4, 'd'), said(5, 'e'));
    expect(await found('apple')).toEqual(['m1', 'm3', 'm4', 'm5']);
    await put(said(2, 'pear'));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(await found('pear')).toEqual(['m2', 'm3', 'm4', 'm5']);
  });

  test('a memory of several passages has none, gives none and ends the walk back', async () => {
    await put(said(1, 'apple'), said(2, `grape ${LONG}`), said(3, 'c'));
    expect(await found('apple')).toEqual(['m1']);
    expect(await found('grape')).toEqual(['m2']);
    await put(said(2, 'grape', { revision: 1 }));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm3']);
    expect(await found('grape')).toEqual(['m2', 'm3']);
    await put(said(2, `grape ${LONG}`, { revision: 2 }));
    expect(await found('apple')).toEqual(['m1']);
    expect(await found('grape')).toEqual(['m2']);
  });

  test('without a session there is no context', async () => {
    await put(said(1, 'apple', { session: null }), said(2, 'pear', { session: null }));
    expect(await found('apple')).toEqual(['m1']);
  });

  const others: [string, Partial<Memory>][] = [
    ['another session', { session: 't' }],
    ['another owner', { agent: 'bob', author: 'ann' }],
    ['another scope', { scope: 'AGENT_PRIVATE' }],
    ['another scope, shared', shared()],
    ['another namespace', { namespace: 'other' }],
    ['another user', { user: 'user_1' }],
    ['another tenant', { tenant: 'other' }],
  ];
  test.each(others)('%s gives no context and takes none', async (_, difference) => {
    await put(said(1, 'apple', difference), said(2, 'pear'), said(3, 'grape', difference));
    const [fromOther, own] = [await found('apple'), await found('pear')];
    expect(fromOther).not.toContain('m2');
    expect(own).toEqual(['m2']);
  });

  test('shares with others are another visibility, in another order the same', async () => {
    await put(
      said(1, 'apple', shared(['bob', 'cid'], ['red', 'blue'])),
      said(2, 'pear', shared(['bob'])),
      said(3, 'grape', shared(['cid', 'bob'], ['blue', 'red'])),
    );
    expect(await found('apple')).toEqual(['m1', 'm3']);
    expect(await found('pear')).toEqual(['m2']);
    expect(await found('apple', { reader: aReader('bob') })).toEqual(['m1', 'm3']);
  });

  test('a private word is not found through a neighbour that others may read', async () => {
    await put(said(1, 'the password is swordfish', { scope: 'AGENT_PRIVATE' }), said(2, 'thanks'));
    await embed();
    for (const reader of [aReader('bob'), operator, aReader('ann')])
      expect((await found('swordfish', { reader })).includes('m2')).toBe(false);
    expect(await search('swordfish', { reader: aReader('bob') })).toEqual([]);
  });

  describe('the words of a neighbour go from its followers when it', () => {
    const changes: [string, Partial<Memory>][] = [
      ['is revised', { content: 'pear' }],
      ['becomes private', { scope: 'AGENT_PRIVATE' }],
      ['is shared with somebody', shared(['bob'])],
      ['is deprecated', deprecated],
      ['is forgotten', { forgotten: true }],
    ];
    test.each(changes)('%s', async (_, change) => {
      await put(said(1, 'apple'), said(2, 'b'), said(3, 'c'), said(4, 'd'), said(5, 'e'));
      await embed();
      expect(await found('apple')).toEqual(['m1', 'm2', 'm3', 'm4']);
      await put(said(1, 'apple', { revision: 1, ...change }));
      const left = await found('apple', { includeDeprecated: true });
      expect(left.filter((id) => id !== 'm1')).toEqual([]);
      if (change.content !== undefined) await embed();
      const next = { createdAfter: minute(1), createdBefore: minute(3) };
      const [follower] = await search('apple', { mode: 'SEMANTIC', filter: next });
      const alone = vectorOf('ann (1 January 2026): b');
      const vector = change.content === undefined ? alone : mixVectors(alone, vectorOf('ann (1 January 2026): pear'));
      expect(follower?.similarity).toBeCloseTo(cosine(vectorOf('apple'), vector), 3);
    });

    test('expires', async () => {
      await put(said(1, 'apple', { expiresAt: minute(30) }), said(2, 'b'), said(3, 'c'));
      expect(await found('apple', { now: minute(29) })).toEqual(['m1', 'm2', 'm3']);
      expect(await found('apple', { now: minute(30) })).toEqual([]);
      expect(await views().get(operator, ['m1'], NOW)).toEqual([null]);
    });
  });

  test('when a neighbour goes, the one before it moves up', async () => {
    await put(said(1, 'apple'), said(2, 'b'), said(3, 'c'), said(4, 'd'), said(5, 'e'));
    expect(await found('apple')).not.toContain('m5');
    await put(said(3, 'c', { revision: 1, forgotten: true }));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm4', 'm5']);
    await put(said(4, 'd', { revision: 1, ...deprecated }));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm5']);
    await put(said(4, 'd', { revision: 2 }));
    expect(await found('apple')).toEqual(['m1', 'm2', 'm4', 'm5']);
  });

  test('a deprecated memory has no context', async () => {
    await put(said(1, 'apple'), said(2, 'b', deprecated), said(3, 'c'));
    expect(await found('apple', { includeDeprecated: true })).toEqual(['m1', 'm3']);
  });

  test('the vector of a short message has a part of the one before', async () => {
    await put(said(1, 'apple'), said(2, 'pear'), said(3, 'grape'));
    const own = (word: string) => vectorOf(`ann (1 January 2026): ${word}`);
    await embed();
    const hits = await search('apple', { mode: 'SEMANTIC' });
    const question = vectorOf('apple');
    expect(hits.map(({ memory }) => memory.id)).toEqual(['m1', 'm2', 'm3']);
    expect(hits[0]?.similarity).toBeCloseTo(cosine(question, own('apple')), 3);
    expect(hits[1]?.similarity).toBeCloseTo(cosine(question, mixVectors(own('pear'), own('apple'))), 3);
    expect(hits[2]?.similarity).toBeCloseTo(cosine(question, mixVectors(own('grape'), own('pear'))), 3);
  });

  test('a vector that comes late is mixed in then', async () => {
    await put(said(1, 'apple'), said(2, 'pear'));
    const wanted = await views().wantedVectors(10);
    const put1 = (word: string) =>
      views().putVectors(
        wanted.filter(({ text }) => text.endsWith(word)).map(({ hash, text }) => ({ hash, vector: vectorOf(text) })),
      );
    const similarity = async () =>
      (await search('apple', { mode: 'SEMANTIC' })).find(({ memory }) => memory.id === 'm2')?.similarity;
    const own = (word: string) => vectorOf(`ann (1 January 2026): ${word}`);
    await put1('pear');
    expect(await similarity()).toBeCloseTo(cosine(vectorOf('apple'), own('pear')), 3);
    await put1('apple');
    expect(await similarity()).toBeCloseTo(cosine(vectorOf('apple'), mixVectors(own('pear'), own('apple'))), 3);
  });
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
