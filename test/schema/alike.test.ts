import { expect, test } from 'vitest';
import { differenceOf } from './alike.ts';

const hit = (id: string, score: number, more: object = {}) => ({ score, memory: { id, ...more } });

test.each([
  ['the last digits of a score', [hit('a', 0.5)], [hit('a', 0.500001)]],
  ['the order of rows of one score', [hit('a', 0.5), hit('b', 0.5)], [hit('b', 0.5), hit('a', 0.5)]],
  ['which of equals is cut off', [hit('a', 0.9), hit('b', 0.5)], [hit('a', 0.9), hit('c', 0.5)]],
])('%s may differ', (_, a, b) => {
  expect(differenceOf({ hits: a }, { hits: b })).toBeNull();
});

test.each([
  ['a score', [hit('a', 0.5)], [hit('a', 0.51)], '$.hits[0]'],
  [
    'what a row shows',
    [hit('a', 0.5, { content: 'x' })],
    [hit('a', 0.5, { content: 'y' })],
    '$.hits[0].memory.content',
  ],
  ['a row before the cut', [hit('a', 0.9), hit('b', 0.5)], [hit('c', 0.9), hit('b', 0.5)], '$.hits[0]'],
  ['how many there are', [hit('a', 0.9)], [], '$.hits.length'],
])('%s may not', (_, a, b, where) => {
  expect(differenceOf({ hits: a }, { hits: b })).toBe(where);
});

test('rows without a score keep their order', () => {
  expect(differenceOf([{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'a' }])).toBe('$[0].id');
});
