import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnalyser } from '../../src/text/analyse.ts';
import type { Analysis } from '../../src/text/analysis.ts';
import { AnalysisReader, encodeAnalysis, isCurrent } from '../../src/views/embedded/index/analysis-blob.ts';

const analyse = createAnalyser((text) => text.length);
const reader = new AnalysisReader();

type Terms = [hash: string | undefined, terms: [string, number][]];

/** Passage by passage, then the fields: all that the index takes of an analysis. */
const termsOf = ({ passages, fields }: Analysis): Terms[] => [
  ...passages.map(({ hash, terms }): Terms => [hash, Array.from(terms)]),
  [undefined, Array.from(fields)],
];

function read(bytes: Uint8Array): Terms[] {
  reader.open(bytes);
  return reader.termCounts.map((count, index): Terms => {
    const terms = Array.from({ length: count }, (): [string, number] => {
      reader.next();
      return [reader.bytes.toString('utf8', reader.from, reader.to), reader.count];
    });
    return [reader.hashes[index], terms];
  });
}

const plain = () =>
  encodeAnalysis(
    analyse({ content: 'a word', author: 'writer', occurredAt: '2026-01-01T00:00:00.000Z', lesson: null }),
  );

test('an analysis is the same after its way through bytes', () => {
  const memory = fc.record({
    content: fc.string({ unit: 'binary', maxLength: 300, size: 'max' }),
    author: fc.string({ minLength: 1, maxLength: 64 }),
    occurredAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    lesson: fc.constant(null),
  });
  fc.assert(
    fc.property(memory, (fields) => {
      const analysis = analyse(fields);
      expect(read(encodeAnalysis(analysis))).toEqual(termsOf(analysis));
    }),
  );
});

test('counts and offsets of any size are kept', () => {
  const terms = new Map([['word', 100_000]]);
  const analysis = { passages: [{ start: 99_000, end: 100_000, terms, hash: 'ab'.repeat(32) }], fields: new Map() };
  expect(read(encodeAnalysis(analysis))).toEqual(termsOf(analysis));
});

test('more terms than there ever were before are read', () => {
  const terms = new Map(Array.from({ length: 5_000 }, (_, number) => [`word${number}`, number]));
  const analysis = { passages: [{ start: 0, end: 9, terms, hash: 'ab'.repeat(32) }], fields: terms };
  expect(read(encodeAnalysis(analysis))).toEqual(termsOf(analysis));
});

test('bytes of another version are known as such', () => {
  const bytes = plain();
  expect(isCurrent(bytes)).toBe(true);
  bytes[0] = 200;
  expect(isCurrent(bytes)).toBe(false);
});

test('bytes that end too early are refused', () => {
  expect(() => reader.open(plain().subarray(0, 20))).toThrow(RangeError);
});
