import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeadlines } from '../../src/log/eventstoredb/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sets deadlines by name, and tells which have passed, in order. */
function watched() {
  const deadlines = createDeadlines();
  const passed: string[] = [];
  return { deadlines, passed, set: (name: string, timeout: number) => deadlines.set(timeout, () => passed.push(name)) };
}

test('each passes at its own time, whatever the order in which they were set', () => {
  const { passed, set } = watched();
  set('late', 300);
  set('early', 100);
  vi.advanceTimersByTime(99);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual(['early']);
  set('between', 100);
  vi.advanceTimersByTime(100);
  expect(passed).toEqual(['early', 'between']);
  vi.advanceTimersByTime(100);
  expect(passed).toEqual(['early', 'between', 'late']);
});

test('what is dropped never passes, and holds up none of the others', () => {
  const { deadlines, passed, set } = watched();
  const dropped = set('dropped', 100);
  set('kept', 200);
  deadlines.drop(dropped);
  vi.advanceTimersByTime(200);
  expect(passed).toEqual(['kept']);
});

test('one that is set as another passes is kept', () => {
  const { deadlines, passed, set } = watched();
  deadlines.set(100, () => set('next', 50));
  vi.advanceTimersByTime(150);
  expect(passed).toEqual(['next']);
});

test('nothing is left running once all have passed', () => {
  const { set } = watched();
  set('only', 100);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});
