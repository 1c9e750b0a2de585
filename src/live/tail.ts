// One ear on the log for all who follow it. A wake-up carries no data: whoever wakes reads on from its own place.
import type { EventLog } from '../log/event-log.ts';

export type Tail = {
  /** Grows with each wake-up: what was read under a lower number may be out of date. */
  generation(): number;
  /** Calls `wake` after every append. Returns what ends it. */
  listen(wake: () => void): () => void;
  close(): void;
};

export function openTail(log: Pick<EventLog, 'onAppend'>): Tail {
  const listeners = new Set<() => void>();
  let generation = 0;
  const stop = log.onAppend(() => {
    generation += 1;
    for (const wake of listeners) wake();
  });
  return {
    generation: () => generation,
    listen(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    close: stop,
  };
}
