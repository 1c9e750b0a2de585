import { describe, expect, test } from 'vitest';
import { createSearchIndex } from '../../src/views/embedded/index/search-index.ts';
import type { Bucket } from '../../src/views/embedded/index/types.ts';
import { ask, createVectors, hashOf, memory, numbersOf } from './memories.ts';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('words', () => {
  test('that others wrote change no score of what one may read', () => {
    const allow = (bucket: Bucket) => bucket.agent === 'writer';
    const index = createSearchIndex({ dimensions: 4 });
    index.put(memory({ number: 0, content: 'the budget of the fair' }));
    index.put(memory({ number: 1, content: 'the weather of the fair' }));
    const before = ask(index, 'budget fair', { allow });
    for (let number = 2; number < 50; number++)
      index.put(memory({ number, agent: 'analyst', content: 'budget budget secret' }));
    expect(ask(index, 'budget fair', { allow })).toEqual(before);
    expect(ask(index, 'secret', { allow })).toEqual(ask(index, 'never-said', { allow }));
  });

  test('tell which of them matched', () => {
    const index = createSearchIndex({ dimensions: 4 });
    index.put(memory({ number: 0, content: 'tea in the garden' }));
    expect(ask(index, 'coffee garden tea')).toMatchObject([{ number: 0, matched: [1, 2], similarity: null }]);
  });

  test('of stop words alone find nothing', () => {
    const index = createSearchIndex({ dimensions: 4 });
    index.put(memory({ number: 0, content: 'tea in the garden' }));
    expect(ask(index, 'what is the')).toEqual([]);
  });

  test('a memory is worth its best passage', () => {
    const index = createSearchIndex({ dimensions: 4 });
    const long = memory({ number: 0, content: `${'One fish swims here. '.repeat(60)}The marmalade is in the cellar.` });
    index.put(long);
    const last = long.analysis.passages.length - 1;
    expect(last).toBeGreaterThan(0);
    expect(ask(index, 'marmalade')).toMatchObject([{ number: 0, passage: last }]);
  });

  test('equals are told apart by the log alone', () => {
    const index = createSearchIndex({ dimensions: 4 });
    for (const number of [5, 3, 9, 1, 7]) index.put(memory({ number, content: 'tea', minute: 0 }));
    expect(numbersOf(ask(index, 'tea', { limit: 2 }))).toEqual([1, 3]);
  });

  test('of what was removed take no room for ever', () => {
    const index = createSearchIndex({ dimensions: 4 });
    index.put(memory({ number: 0, content: 'the one that stays' }));
    for (let round = 0; round < 5_000; round++) {
      index.put(memory({ number: 1, content: `word${round}` }));
      index.settle();
    }
    expect(index.statistics().passages).toBeLessThan(2_000);
    expect(index.statistics().terms).toBeLessThan(2_000);
    expect(numbersOf(ask(index, 'stays'))).toEqual([0]);
    expect(numbersOf(ask(index, 'word4999'))).toEqual([1]);
    expect(ask(index, 'word4998')).toEqual([]);
  });
});

describe('vectors', () => {
  test.each([8, 100, 384, 1_536])(
    'of %i dimensions find what an exact scan finds, under a filter too',
    (dimensions) => {
      const next = createVectors(dimensions, dimensions);
      const index = createSearchIndex({ dimensions });
      const vectors = Array.from({ length: 1_000 }, next);
      vectors.forEach((vector, number) => {
        const told = memory({ number, content: `text ${number}`, agent: `agent${number % 10}` });
        expect(index.put(told)).toEqual([hashOf(told)]);
        index.setVector(hashOf(told), vector);
      });
      for (const share of [10, 3, 1]) {
        const allow = ({ agent }: Bucket) => Number(agent.slice('agent'.length)) < share;
        const question = next();
        const exact = vectors
          .flatMap((vector, number) => (number % 10 < share ? [{ number, cosine: dot(vector, question) }] : []))
          .sort((a, b) => b.cosine - a.cosine)
          .slice(0, 10);
        const hits = ask(index, '', { allow, vector: question, mode: 'SEMANTIC' });
        expect(numbersOf(hits)).toEqual(exact.map(({ number }) => number).sort((a, b) => a - b));
        for (const { number, similarity } of hits)
          expect(similarity).toBeCloseTo(exact.find((one) => one.number === number)?.cosine ?? Number.NaN, 4);
      }
    },
  );

  test('of a neighbour that come later are mixed in', () => {
    const index = createSearchIndex({ dimensions: 2 });
    const first = memory({ number: 0, content: 'one', session: 's' });
    const second = memory({ number: 1, content: 'two', session: 's' });
    index.put(first);
    index.put(second);
    index.setVector(hashOf(second), Float32Array.of(1, 0));
    const similarityOf = (number: number) =>
      ask(index, '', { vector: Float32Array.of(0, 1), mode: 'SEMANTIC' }).find((hit) => hit.number === number)
        ?.similarity;
    expect(similarityOf(1)).toBeCloseTo(0, 4);
    index.setVector(hashOf(first), Float32Array.of(0, 1));
    expect(similarityOf(1)).toBeCloseTo(0.3 / Math.hypot(1, 0.3), 4);
    index.remove(0);
    expect(similarityOf(1)).toBeCloseTo(0, 4);
  });

  test('are shared by equal texts, and kept while one of them is there', () => {
    const index = createSearchIndex({ dimensions: 2 });
    const first = memory({ number: 0, content: 'same', minute: 0 });
    const second = memory({ number: 1, content: 'same', minute: 0 });
    index.put(first);
    index.setVector(hashOf(first), Float32Array.of(1, 0));
    expect(index.put(second)).toEqual([]);
    expect(index.put({ ...first, bucket: { ...first.bucket, namespace: 'other' } })).toEqual([]);
    index.remove(0);
    expect(ask(index, '', { vector: Float32Array.of(1, 0), mode: 'SEMANTIC' })).toMatchObject([{ number: 1 }]);
    index.remove(1);
    expect(index.statistics()).toMatchObject({ memories: 0, vectors: 0 });
    expect(index.put(first)).toEqual([hashOf(first)]);
  });

  test('in stock go to the texts that come, and to no others', () => {
    const index = createSearchIndex({ dimensions: 2 });
    const told = [0, 1].map((number) => memory({ number, content: 'same', minute: 0 }));
    const late = memory({ number: 2, content: 'late' });
    const [hash = ''] = told.map(hashOf);
    index.stock(hash, Float32Array.of(0, 1));
    index.stock(hash, Float32Array.of(1, 0));
    index.stock(hashOf(late), Float32Array.of(1, 0));
    expect(told.map((one) => index.put(one))).toEqual([[], []]);
    index.clearStock();
    expect(index.put(late)).toEqual([hashOf(late)]);
    expect(ask(index, '', { vector: Float32Array.of(1, 0), mode: 'SEMANTIC' })).toMatchObject([
      { number: 0, similarity: expect.closeTo(1, 4) },
      { number: 1, similarity: expect.closeTo(1, 4) },
    ]);
    index.setVector(hashOf(late), Float32Array.of(1, 0));
    expect(index.statistics().vectors).toBe(3);
  });

  test('of another length are refused', () => {
    const index = createSearchIndex({ dimensions: 2 });
    const told = memory({ number: 0, content: 'one' });
    index.put(told);
    expect(() => index.setVector(hashOf(told), Float32Array.of(1, 0, 0))).toThrow(RangeError);
  });

  test('are no part of a search for words, nor words of one by meaning', () => {
    const index = createSearchIndex({ dimensions: 2 });
    const told = memory({ number: 0, content: 'one' });
    index.put(told);
    index.setVector(hashOf(told), Float32Array.of(1, 0));
    const vector = Float32Array.of(1, 0);
    expect(ask(index, 'one', { vector, mode: 'KEYWORD' })).toMatchObject([{ similarity: null }]);
    expect(ask(index, 'one', { vector, mode: 'SEMANTIC' })).toMatchObject([{ coverage: null, matched: [] }]);
    expect(ask(index, 'else', { vector, mode: 'HYBRID' })).toMatchObject([{ coverage: 0, matched: [] }]);
  });
});

test('filters narrow what is found, not what it is worth', () => {
  const index = createSearchIndex({ dimensions: 2 });
  for (let number = 0; number < 6; number++)
    index.put(memory({ number, content: `tea ${number}`, namespace: number < 3 ? 'a' : 'b' }));
  const all = ask(index, 'tea');
  const coverageOf = (number: number) => all.find((hit) => hit.number === number)?.coverage;
  for (const hits of [ask(index, 'tea', { accept: [1, 4] }), ask(index, 'tea', { within: (b) => b.namespace === 'a' })])
    for (const { number, coverage } of hits) expect(coverage).toBe(coverageOf(number));
  expect(numbersOf(ask(index, 'tea', { accept: [1, 4] }))).toEqual([1, 4]);
  expect(numbersOf(ask(index, 'tea', { within: ({ namespace }) => namespace === 'a' }))).toEqual([0, 1, 2]);
});
