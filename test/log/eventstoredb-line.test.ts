import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
  const line = createLine(make, { most: 4 });
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

describe('a line whose calls go out in groups', () => {
  /** Each call is named, and answered when the test says so. */
  function grouped() {
    const sent: string[] = [];
    const answers = new Map<string, (answer: string) => void>();
    const line = createLine(() => ({ dispose: async () => {} }), { inGroups: true });
    const send = (name: string) => () => {
      sent.push(name);
      return new Promise<string>((resolve) => answers.set(name, resolve));
    };
    const ask = (name: string) => void line.ask(TIMEOUT, send(name), String, String);
    const answer = async (name: string) => {
      answers.get(name)?.('done');
      await vi.advanceTimersByTimeAsync(0);
    };
    return { sent, ask, answer };
  }

  test('keeps none waiting for company that is not to come', async () => {
    const { sent, ask, answer } = grouped();
    ask('a');
    expect(sent).toEqual(['a']);
    await answer('a');
    ask('b');
    expect(sent).toEqual(['a', 'b']);
  });

  test('sends the next ones together, once they are as many as are under way', async () => {
    const { sent, ask, answer } = grouped();
    for (const name of 'abcd') ask(name);
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    for (const name of 'efg') ask(name);
    expect(sent).toHaveLength(4);
    await answer('a');
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  test('sends them after a millisecond however few they are', async () => {
    const { sent, ask } = grouped();
    for (const name of 'abcde') ask(name);
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
