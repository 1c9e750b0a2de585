import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/domain/event.ts';
import { sameJson } from '../../src/domain/json.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
};

test('the order of keys does not matter, nor does a trip through text', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(sameJson(value, reversed(value))).toBe(true);
      expect(sameJson(value, JSON.parse(JSON.stringify(value)))).toBe(true);
    }),
  );
});

test.each([
  [1, '1'],
  [null, {}],
  [[], {}],
  [{ a: null }, {}],
  [{ a: null }, { b: null }],
  [{}, { constructor: null }],
  [
    [1, 2],
    [2, 1],
  ],
  [[null], [null, null]],
  [{ a: { b: [0] } }, { a: { b: [false] } }],
] as [Json, Json][])('%j and %j are not the same', (one, other) => {
  expect(sameJson(one, other)).toBe(false);
  expect(sameJson(other, one)).toBe(false);
});
