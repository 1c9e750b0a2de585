import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLine } from '../../src/log/eventstoredb/line.ts';

const TIMEOUT = 100;
const never = () => new Promise<never>(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a call of a client that was replaced does not count against the next one', async () => {
  const make = vi.fn(() => ({ dispose: async () => {} }));
  const line = createLine(make, 4);
  const ask = () => line.ask(TIMEOUT, never, String, String).catch(() => undefined);

  const first = [ask(), ask(), ask()];
  await vi.advanceTimersByTimeAsync(TIMEOUT / 2);
  const late = ask();
  await vi.advanceTimersByTimeAsync(TIMEOUT / 2);
  await Promise.all(first);
  expect(make).toHaveBeenCalledTimes(2);

  await vi.advanceTimersByTimeAsync(TIMEOUT / 2);
  await late;
  const next = [ask(), ask()];
  await vi.advanceTimersByTimeAsync(TIMEOUT);
  await Promise.all(next);
  expect(make).toHaveBeenCalledTimes(2);
});
