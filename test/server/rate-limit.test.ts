import { expect, test } from 'vitest';
import { createGate } from '../../src/server/gate.ts';
import { createRateLimit } from '../../src/server/rate-limit.ts';

test('a key has its burst at once, and then its rate; another key has its own', () => {
  let now = 0;
  const take = createRateLimit({ perSecond: 10, burst: 3 }, () => now);
  expect([take('a'), take('a'), take('a')]).toEqual([null, null, null]);
  expect(take('a')).toBeCloseTo(0.1);
  expect(take('b')).toBeNull();
  now = 100;
  expect([take('a'), take('a')]).toEqual([null, expect.closeTo(0.1)]);
  now = 60_000;
  expect([take('a'), take('a'), take('a')]).toEqual([null, null, null]);
  expect(take('a')).not.toBeNull();
});

test('no limit takes all', () => {
  const take = createRateLimit(null, () => 0);
  expect(take('a')).toBeNull();
});

test('a gate lets in as many as it has room for', () => {
  const enter = createGate(2);
  const [first] = [enter(), enter()];
  expect(enter()).toBeNull();
  first?.();
  expect(enter()).not.toBeNull();
  expect(enter()).toBeNull();
});
