// Lets a few pieces of work run at once and a bounded number wait, in the order they came.
import { failure } from '../../domain/failure.ts';

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate(atOnce: number, mostWaiting: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < atOnce) running++;
    else {
      if (waiting.length >= mostWaiting)
        throw failure('UNAVAILABLE', `${mostWaiting} requests wait for the embedding endpoint`, { limit: mostWaiting });
      // Whoever leaves hands its place on, so `running` stays.
      await new Promise<void>((enter) => waiting.push(enter));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
