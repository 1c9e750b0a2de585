// What a hit of Elasticsearch tells of a passage, and what it is found by.
import { describe, expect, test } from 'vitest';
import { impactsOf, offBy } from '../../src/views/elasticsearch/impacts.ts';
import { corpusOf, coverageOf } from '../../src/views/elasticsearch/reading/corpus.ts';
import { totalsOf } from '../../src/views/elasticsearch/reading/totals.ts';
import { askedFor, decodeSummary, encodeSummary, wordsIn } from '../../src/views/elasticsearch/summary.ts';
import { asNumber, hashOf } from '../../src/views/elasticsearch/term-hash.ts';

const place = {
  memory: 'm1',
  recorded: '0000000000000001.a1b2c3',
  passages: 3,
  index: 1,
  start: 10,
  end: 42,
  length: 75,
};
const words = new Map([
  ['parser', 40],
  ['pars', 10],
  ['größe/2', 20],
]);
const lent = new Map([
  ['parser', 5],
  ['night', 3],
]);

const weightsIn = (summary: string, terms: string[], now = 0) => decodeSummary(summary, askedFor(terms), now).weights;

describe('the summary of a passage', () => {
  test('tells where it is and how much each word weighs', () => {
    const summary = encodeSummary({ ...place, words });
    expect(decodeSummary(summary, askedFor([]), 0)).toEqual({ ...place, weights: [] });
    expect(weightsIn(summary, ['par', 'parser', 'night', 'pars', 'größe/2'])).toEqual([0, 40, 0, 10, 20]);
  });

  test('counts what is lent until it expires', () => {
    const summary = encodeSummary({ ...place, words, lent, lentUntil: 1_000 });
    expect(weightsIn(summary, ['parser', 'night'], 999)).toEqual([45, 3]);
    expect(weightsIn(summary, ['parser', 'night'], 1_000)).toEqual([40, 0]);
  });

  test('takes no term for another', () => {
    const terms = Array.from({ length: 20_000 }, (_, i) => `term${i}`);
    const weights = weightsIn(encodeSummary({ ...place, words: new Map(terms.map((term, i) => [term, i])) }), terms);
    expect(weights).toEqual(terms.map((_, i) => i));
    const others = terms.map((term) => `${term}s`);
    expect(weightsIn(encodeSummary({ ...place, words: new Map(others.map((other) => [other, 1])) }), terms)).toEqual(
      terms.map(() => 0),
    );
  });

  test('tells all its words, each once', () => {
    const terms = ['parser', 'pars', 'größe/2', 'night'];
    expect(wordsIn(encodeSummary({ ...place, words, lent, lentUntil: 1_000 }))).toEqual(
      new Set(terms.map((term) => asNumber(hashOf(term)))),
    );
  });

  test('may have no words', () => {
    expect(weightsIn(encodeSummary({ ...place, words: new Map() }), ['parser'])).toEqual([0]);
  });

  test('that is damaged is refused', () => {
    const whole = Buffer.from(encodeSummary({ ...place, words }), 'base64');
    for (let length = 0; length < whole.length; length++)
      expect(() => weightsIn(whole.toString('base64', 0, length), ['parser']), `${length} bytes`).toThrow(RangeError);
  });
});

describe('what a passage is found by', () => {
  const worth = (weight: number, length: number): number =>
    impactsOf(new Map([['parser', weight]]), length).parser ?? 0;

  test('each word, whatever it is called', () => {
    const strange = ['parser', 'größe/2', 'config.yaml', 'constructor', '2024'];
    expect(Object.keys(impactsOf(new Map(strange.map((term) => [term, 10])), 70)).toSorted()).toEqual(
      strange.toSorted(),
    );
  });

  test.for([300, 2_000])('says more the more often a word is there, in %d tenths', (length) => {
    const worths = [2, 10, 40, 80].map((weight) => worth(weight, length));
    expect(worths).toEqual([...new Set(worths)].toSorted((a, b) => a - b));
  });

  test('says more the shorter a passage is', () => {
    const worths = [2_000, 1_200, 600, 300, 50].map((length) => worth(10, length));
    expect(worths).toEqual([...new Set(worths)].toSorted((a, b) => a - b));
  });

  test('is never nothing, which the server would not take', () => {
    expect(worth(1, 1_000_000)).toBe(1);
  });

  test('is off by as much for a reader of passages half as long as for one of passages twice as long', () => {
    expect(offBy(18)).toBeCloseTo(1);
    expect(offBy(72)).toBeCloseTo(1);
    expect(offBy(36)).toBe(0);
  });
});

test('what was written after nothing was counted has a coverage', () => {
  const nothing = totalsOf({
    total: 0,
    aggregations: { length: { value: 0 }, expires: { value: null }, lapses: { value: null } },
  });
  const summary = decodeSummary(encodeSummary({ ...place, words }), askedFor(['parser']), 0);
  expect(coverageOf(summary, corpusOf(nothing, [0]))).toBeGreaterThan(0);
});
