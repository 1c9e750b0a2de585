// Those who wait until the views have reached a position.
import type { Position } from '../src/domain/event.ts';

/** More at once are told at once that the position was not reached. */
const MOST_WAITERS = 10_000;

export type Waiters = {
  /** True when `reached` is called with the position or a later one before the time is over. */
  wait(position: Position, milliseconds: number): Promise<boolean>;
  reached(position: Position): void;
  /** Nobody need wait any longer. */
  dismiss(): void;
};

export function createWaiters(): Waiters {
  const waiters = new Set<{ position: Position; settle: (reached: boolean) => void }>();

  return {
    wait: (position, milliseconds) => {
      if (waiters.size >= MOST_WAITERS) return Promise.resolve(false);
      return new Promise((resolve) => {
        const waiter = { position, settle };
        const timer = setTimeout(settle, milliseconds, false);
        function settle(reached: boolean): void {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve(reached);
        }
        waiters.add(waiter);
      });
    },
    reached(position) {
      for (const waiter of waiters) if (waiter.position <= position) waiter.settle(true);
    },
    dismiss() {
      for (const waiter of waiters) waiter.settle(false);
    },
  };
}
