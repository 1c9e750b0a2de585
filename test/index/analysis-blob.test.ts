import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnalyser } from '../../src/text/analyse.ts';
import { decodeAnalysis, encodeAnalysis } from '../../src/views/embedded/index/analysis-blob.ts';

const analyse = createAnalyser((text) => text.length);

test('an analysis is the same after its way through bytes', () => {
  const memory = fc.record({
    content: fc.string({ unit: 'binary', maxLength: 300, size: 'max' }),
    author: fc.string({ minLength: 1, maxLength: 64 }),
    occurredAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
  });
  fc.assert(
    fc.property(memory, (fields) => {
      const analysis = analyse(fields);
      expect(decodeAnalysis(encodeAnalysis(analysis))).toEqual(analysis);
    }),
  );
});

test('counts and offsets of any size are kept', () => {
  const terms = new Map([['word', 100_000]]);
  const analysis = { passages: [{ start: 99_000, end: 100_000, terms, hash: 'ab'.repeat(32) }], fields: new Map() };
  expect(decodeAnalysis(encodeAnalysis(analysis))).toEqual(analysis);
});

test('bytes of another version are not read', () => {
  const bytes = encodeAnalysis(
    analyse({ content: 'a word', author: 'writer', occurredAt: '2026-01-01T00:00:00.000Z' }),
  );
  bytes[0] = 200;
  expect(decodeAnalysis(bytes)).toBeNull();
});

test('bytes that end too early are refused', () => {
  const bytes = encodeAnalysis(
    analyse({ content: 'a word', author: 'writer', occurredAt: '2026-01-01T00:00:00.000Z' }),
  );
  expect(() => decodeAnalysis(bytes.subarray(0, 20))).toThrow(RangeError);
});
