import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withProgress } from '../../src/server/announce.ts';
import { createLoggerTo } from '../../src/server/logger.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const lines: string[] = [];
const logger = createLoggerTo('info', { write: (line) => lines.push(line) });
const notATerminal = { isTTY: false } as typeof process.stdout;

test('loading says nothing for a second, then how far it is every few seconds, and nothing when it is done', async () => {
  let done = 0;
  const work = Promise.withResolvers<string>();
  const result = withProgress('loading', async () => ({ done, total: 10 }), work.promise, notATerminal, logger);
  await vi.advanceTimersByTimeAsync(900);
  expect(lines).toEqual([]);
  done = 3;
  await vi.advanceTimersByTimeAsync(200);
  done = 7;
  await vi.advanceTimersByTimeAsync(3_000);
  work.resolve('loaded');
  expect(await result).toBe('loaded');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { done: 3, total: 10, message: 'loading' },
    { done: 7, total: 10, message: 'loading' },
  ]);
});
