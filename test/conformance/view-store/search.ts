// Search: RETRIEVAL's two measures, over what the reader may read and nothing else.
import { expect, test } from 'vitest';
import { saturation } from '../../../src/text/coverage.ts';
import { aMemory, aReader, minute, NOW, operator, shared } from '../../support/fixtures.ts';
import { type Harness, vectorOf } from './harness.ts';

/** Far more than a passage holds: `count` sentences of ten words, one of them `word` in the sentence `place`. */
const longText = (count: number, place: number, word: string): string =>
  Array.from(
    { length: count },
    (_, n) => `This sentence about ${n === place ? word : 'nothing'} is one of many others here. `,
  ).join('');

export function searchTests({ views, put, embed, search, found }: Harness): void {
  test('words are found by their stem, whatever their case', async () => {
    await put(aMemory('a', { content: 'The Parser was failing' }), aMemory('b', { content: 'Nothing of the kind' }));
    expect(await found('PARSERS that fail')).toEqual(['a']);
  });

  test('the author and the date are words too', async () => {
    await put(
      aMemory('a', { author: 'Melanie', content: 'one', occurredAt: '2023-05-08T12:00:00.000Z' }),
      aMemory('b', { author: 'Caroline', content: 'two', occurredAt: '2023-06-09T12:00:00.000Z' }),
    );
    expect(await found('what did melanie say')).toEqual(['a']);
    expect(await found('in June')).toEqual(['b']);
    expect(await found('2023')).toEqual(['a', 'b']);
  });

  test('an identifier is found whole', async () => {
    await put(aMemory('a', { content: 'Ticket PG-2087 is open' }), aMemory('b', { content: 'Ticket PG-2088 is open' }));
    const [best, other] = (await search('PG-2087')).toSorted((a, b) => (b.coverage ?? 0) - (a.coverage ?? 0));
    expect(best?.memory.id).toBe('a');
    expect(best?.coverage ?? 0).toBeGreaterThan(other?.coverage ?? 0);
  });

  test('coverage is BM25 as a share of the question', async () => {
    await put(
      aMemory('a', { author: 'ann', content: 'apple apple pear', occurredAt: minute(0) }),
      aMemory('b', { author: 'ann', content: 'plum', occurredAt: minute(0) }),
    );
    // Author 3, date 3 (1 January 2026), and the content's own words.
    const [found] = await search('apple');
    expect(found?.coverage).toBeCloseTo(saturation(2, 9, 8), 6);
    expect(await search('apple')).toHaveLength(1);
  });

  test('coverage is in 0 … 1, and unknown words lower it', async () => {
    await put(aMemory('a', { content: 'apple pear' }), aMemory('b', { content: 'plum' }));
    const of = async (question: string) => (await search(question))[0]?.coverage ?? Number.NaN;
    const [known, half, third] = [await of('apple'), await of('apple zebra'), await of('apple zebra yak')];
    expect(known).toBeLessThanOrEqual(1);
    expect(half).toBeLessThan(known);
    expect(third).toBeLessThan(half);
    expect(third).toBeGreaterThan(0);
  });

  test('a word is as telling as the namespaces asked for make it, and no other filter changes that', async () => {
    const corpus = [
      aMemory('a', { namespace: 'north', content: 'apple pear' }),
      aMemory('b', { namespace: 'north', content: 'plum', author: 'bob' }),
    ];
    await put(...corpus);
    const alone = await search('apple zebra', { filter: { namespaces: ['north'] } });
    await put(...['c', 'd', 'e'].map((id) => aMemory(id, { namespace: 'south', content: 'apple' })));
    expect(await search('apple zebra', { filter: { namespaces: ['north'] } })).toEqual(alone);
    const [inAll] = (await search('apple zebra')).filter(({ memory }) => memory.id === 'a');
    expect(inAll?.coverage).not.toBeCloseTo(alone[0]?.coverage ?? 0, 3);
    const filter = { namespaces: ['north'], authors: [corpus[0]?.author ?? ''] };
    expect(await search('apple zebra', { filter })).toEqual(alone);
  });

  test('what expires counts for how telling a word is until that moment', async () => {
    await put(
      aMemory('a', { content: 'apple pear' }),
      aMemory('b', { content: 'apple', expiresAt: minute(20.5) }),
      aMemory('c', { content: 'plum', expiresAt: minute(20.75) }),
    );
    const coverageAt = async (time: number) => {
      const [hit] = (await search('apple zebra', { now: minute(time) })).filter(({ memory }) => memory.id === 'a');
      return hit?.coverage;
    };
    const coverages: unknown[] = [];
    for (const time of [10, 20.4, 20.5, 20.6, 20.75, 30]) coverages.push(await coverageAt(time));
    const [all, , some, , one] = coverages;
    expect(coverages).toEqual([all, all, some, some, one, one]);
    expect(new Set([all, some, one]).size).toBe(3);
  });

  test('coverage does not depend on a word being asked twice', async () => {
    await put(aMemory('a', { content: 'apple pear' }));
    expect(await search('apple pear apple Apple')).toEqual(await search('apple pear'));
  });

  test('the words that were found are told as they were asked', async () => {
    await put(aMemory('a', { content: 'two parsers of CSV files' }));
    const [hit] = await search('How was the Parser for csv XML doing?');
    expect(hit?.matchedTerms.toSorted()).toEqual(['Parser', 'csv']);
  });

  test('a question without a word that counts finds nothing by words', async () => {
    await put(aMemory('a'));
    await embed();
    for (const question of ['', '   ', 'the of and', '?!…', '👩‍🚀']) expect(await found(question)).toEqual([]);
    expect(await found('the', { mode: 'HYBRID' })).toEqual(['a']);
  });

  test('KEYWORD has coverage alone, SEMANTIC similarity alone, HYBRID both', async () => {
    await put(aMemory('a', { content: 'apple pear' }));
    await embed();
    expect(await search('apple', { mode: 'KEYWORD' })).toMatchObject([
      { similarity: null, coverage: expect.any(Number), passage: null },
    ]);
    expect(await search('apple', { mode: 'SEMANTIC' })).toMatchObject([
      { similarity: expect.any(Number), coverage: null },
    ]);
    expect(await search('apple', { mode: 'HYBRID' })).toMatchObject([
      { similarity: expect.any(Number), coverage: expect.any(Number), matchedTerms: ['apple'] },
    ]);
  });

  test('similarity is null until the vector comes, and then the cosine', async () => {
    await put(aMemory('a', { content: 'apple pear' }));
    expect(await search('apple', { mode: 'HYBRID' })).toMatchObject([
      { similarity: null, coverage: expect.any(Number) },
    ]);
    expect(await found('apple', { mode: 'SEMANTIC' })).toEqual([]);
    const [wanted] = await views().wantedVectors(1);
    await embed();
    const [hit] = await search('apple', { mode: 'SEMANTIC' });
    const expected = vectorOf(wanted?.text ?? '').reduce((sum, x, i) => sum + x * (vectorOf('apple')[i] ?? 0), 0);
    expect(hit?.similarity).toBeCloseTo(expected, 3);
  });

  test('without a vector for the question, words alone decide', async () => {
    await put(aMemory('a', { content: 'apple' }), aMemory('b', { content: 'pear' }));
    await embed();
    expect(await search('apple', { mode: 'HYBRID', vector: null })).toMatchObject([
      { memory: { id: 'a' }, similarity: null, coverage: expect.any(Number) },
    ]);
  });

  test('what only one channel finds has both measures', async () => {
    await put(aMemory('a', { content: 'apple' }), aMemory('b', { content: 'pear' }));
    await embed();
    const hits = await search('apple', { mode: 'HYBRID', vector: vectorOf('pear') });
    expect(hits).toMatchObject([
      { memory: { id: 'a' }, similarity: expect.any(Number), coverage: expect.any(Number), matchedTerms: ['apple'] },
      { memory: { id: 'b' }, similarity: expect.any(Number), coverage: 0, matchedTerms: [] },
    ]);
  });

  test('the answer is the best of each channel, together', async () => {
    await put(
      ...['apple apple apple', 'apple apple plum', 'apple plum plum plum plum'].map((content, n) =>
        aMemory(`w${n}`, { content }),
      ),
      ...['pear', 'pear grape', 'fig'].map((content, n) => aMemory(`v${n}`, { content })),
    );
    await embed();
    const vector = vectorOf('ann (1 January 2026): pear');
    expect(await found('apple', { mode: 'HYBRID', vector, limit: 1 })).toEqual(['v0', 'w0']);
    expect(await found('apple', { mode: 'HYBRID', vector, limit: 2 })).toEqual(['v0', 'v1', 'w0', 'w1']);
    expect(await found('apple', { mode: 'KEYWORD', limit: 2 })).toEqual(['w0', 'w1']);
    expect(await found('apple', { mode: 'SEMANTIC', vector, limit: 2 })).toEqual(['v0', 'v1']);
  });

  test('of all that is found only the best are given, and what is as good as the last of them', async () => {
    const contents = ['apple apple pear', 'apple pear', 'apple pear', 'apple plum plum plum', 'fig'];
    await put(...contents.map((content, n) => aMemory(`m${n}`, { content })));
    await embed();
    const best = (count: number, minScore: number | null = null) => found('apple', { best: { count, minScore } });
    expect(await best(1)).toEqual(['m0']);
    expect(await best(2)).toEqual(['m0', 'm1', 'm2']);
    expect(await best(4)).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(await best(100)).toEqual(['m0', 'm1', 'm2', 'm3']);
    const byMeaning = (minScore: number | null) =>
      found('apple', { mode: 'SEMANTIC', vector: vectorOf(contents[4] ?? ''), best: { count: 100, minScore } });
    expect(await byMeaning(null)).toHaveLength(contents.length);
    expect(await byMeaning(0.3)).toEqual(['m4']);
  });

  test('a long memory is found by its best passage, and says where it is', async () => {
    const content = longText(60, 50, 'zebras');
    await put(aMemory('long', { content }), aMemory('short', { content: 'no animals' }));
    await embed();
    for (const mode of ['KEYWORD', 'SEMANTIC', 'HYBRID'] as const) {
      const hit = (await search('zebra', { mode, vector: vectorOf('zebras') })).find(
        ({ memory }) => memory.id === 'long',
      );
      const [start, end] = hit?.passage ?? [0, 0];
      expect(content.slice(start, end), mode).toContain('zebras');
      expect(end - start, mode).toBeLessThan(content.length / 2);
    }
  });

  test('the many passages of a few long memories leave room for others', async () => {
    await put(
      ...['a', 'b', 'c'].map((id) => aMemory(id, { content: longText(1_600, -1, '') })),
      aMemory('d', {
        content: 'Hardly a sentence, with far more words in it that are about something else altogether',
      }),
    );
    await embed();
    for (const mode of ['KEYWORD', 'SEMANTIC', 'HYBRID'] as const)
      expect(await found('this sentence is one of many', { mode, limit: 4 }), mode).toEqual(['a', 'b', 'c', 'd']);
  });

  test('the offsets of a passage are UTF-16 units', async () => {
    const content = `${'👩‍🚀 was there once more today again. '.repeat(60)}The zebra came. ${'👩‍🚀 was there once more today again. '.repeat(60)}`;
    await put(aMemory('long', { content }));
    const [hit] = await search('zebra');
    const [start, end] = hit?.passage ?? [0, 0];
    expect(content.slice(start, end)).toContain('The zebra came.');
    expect(content.slice(start, end).isWellFormed()).toBe(true);
  });

  test('a memory of one passage has no offsets, also after it was a long one', async () => {
    await put(aMemory('a', { content: longText(60, 3, 'zebras') }));
    expect((await search('zebra'))[0]?.passage).not.toBeNull();
    await put(aMemory('a', { revision: 1, content: 'one zebra' }));
    expect((await search('zebra'))[0]?.passage).toBeNull();
    expect(await found('sentence')).toEqual([]);
  });

  test('a revised text is found by its new words only', async () => {
    await put(aMemory('a', { content: 'apple' }));
    await put(aMemory('a', { revision: 1, content: 'pear' }));
    expect(await found('apple')).toEqual([]);
    expect(await found('pear')).toEqual(['a']);
  });

  test('filters touch no statistics', async () => {
    await put(aMemory('a', { content: 'apple' }), aMemory('b', { content: 'apple pear', type: 'EPISODIC' }));
    const [all] = await search('apple pear');
    expect(await search('apple pear', { filter: { types: ['STANDARD'] } })).toEqual([all]);
  });

  test('what others keep to themselves changes nothing a reader can see, to the last bit', async () => {
    const reader = aReader('bob', { teams: ['red'], peers: ['ann'] });
    await put(
      aMemory('a', { content: 'apple pear', session: 's' }),
      aMemory('b', { content: 'apple plum and a longer text', ...shared(), session: 's' }),
      aMemory('c', { content: 'a fig', agent: 'bob', scope: 'AGENT_PRIVATE', session: 's' }),
      aMemory('d', { content: longText(60, 30, 'apple'), ...shared([], ['red']) }),
    );
    await embed();
    const questions = ['apple', 'pear and fig', 'apple zebra', 'one of many'];
    const seen = async () => {
      const answers = [];
      for (const mode of ['KEYWORD', 'SEMANTIC', 'HYBRID'] as const)
        for (const question of questions) answers.push(await search(question, { reader, mode }));
      const { rows, total } = await views().list({ reader, now: NOW, first: 10 });
      return [answers, rows, total];
    };
    const before = await seen();
    await put(
      ...Array.from({ length: 30 }, (_, n) =>
        aMemory(`secret-${n}`, {
          content: `apple zebra fig ${n % 3 ? 'apple' : longText(40, n, 'apple')}`,
          session: 's',
          occurredAt: minute(-n),
          ...(n % 2 ? { scope: 'AGENT_PRIVATE' as const } : shared(['cid'])),
        }),
      ),
      aMemory('elsewhere', { tenant: 'other', content: 'apple pear fig', session: 's' }),
    );
    await embed();
    expect(await seen()).toEqual(before);
    expect((await search('zebra', { reader: operator })).length).toBeGreaterThan(0);
  });

  test('a reader without memories finds nothing', async () => {
    await put(aMemory('a', { scope: 'AGENT_PRIVATE' }));
    await embed();
    const reader = aReader('bob');
    for (const mode of ['KEYWORD', 'SEMANTIC', 'HYBRID'] as const)
      expect(await found('parser', { reader, mode })).toEqual([]);
  });
}
