import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverage, inverseDocumentFrequency, saturation } from '../../src/text/coverage.ts';

describe('coverage', () => {
  test('is between 0 and 1 for any passage', () => {
    const term = fc.record({
      idf: fc.double({ min: 0, max: 20, noNaN: true }),
      saturation: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(term), (terms) => {
        expect(coverage(terms)).toBeGreaterThanOrEqual(0);
        expect(coverage(terms)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('falls with each term of the question that nobody knows', () => {
    const known = { idf: inverseDocumentFrequency(10, 3), saturation: 0.5 };
    const unknown = { idf: inverseDocumentFrequency(10, 0), saturation: 0 };
    expect(coverage([known])).toBeCloseTo(0.5);
    expect(coverage([known, unknown])).toBeLessThan(coverage([known]));
  });

  test('of an empty question is 0', () => {
    expect(coverage([])).toBe(0);
  });
});

test('a term is worth the more the fewer have it, and never less than nothing', () => {
  const idfs = [0, 1, 5, 9, 10].map((withTerm) => inverseDocumentFrequency(10, withTerm));
  expect(idfs).toEqual(idfs.toSorted((a, b) => b - a));
  expect(idfs.at(-1)).toBeGreaterThan(0);
});

test('a frequency counts ever less, and less in a longer passage', () => {
  expect(saturation(1, 10, 10)).toBeCloseTo(1 / 1.9);
  expect(saturation(2, 10, 10) - saturation(1, 10, 10)).toBeLessThan(saturation(1, 10, 10));
  expect(saturation(1, 20, 10)).toBeLessThan(saturation(1, 10, 10));
  expect(saturation(0, 10, 10)).toBe(0);
});
