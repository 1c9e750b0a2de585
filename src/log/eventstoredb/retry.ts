// Asking again, with growing and random pauses, for as long as a caller can be let wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { away, finalTrouble } from './trouble.ts';

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1000;

/** Milliseconds before the nth repetition, from 0: random up to a bound that doubles. Exactly together is how all fail again. */
export const pauseBefore = (repetition: number): number =>
  Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(repetition, 10));

/**
 * Runs work until it succeeds, fails for good, or `patience` milliseconds have passed; UNAVAILABLE then. `repeated` tells
 * the work that an earlier run may have had its effect.
 */
export async function insist<T>(patience: number, work: (repeated: boolean) => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work(false);
  } catch (error) {
    return again(began + patience, work, error);
  }
}

async function again<T>(end: number, work: (repeated: boolean) => Promise<T>, first: unknown): Promise<T> {
  let error = first;
  for (let repetition = 0; ; repetition += 1) {
    const final = finalTrouble(error);
    if (final !== null) throw final;
    const pause = pauseBefore(repetition);
    if (performance.now() + pause > end) throw away(error);
    await sleep(pause);
    try {
      return await work(true);
    } catch (next) {
      error = next;
    }
  }
}
