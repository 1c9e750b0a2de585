// Those who wait until reads have a position. That the views were told of it is not enough: a refresh must have made it
// visible, and one refresh serves all who wait.
import type { Position } from '../src/domain/event.ts';

/** More at once are told at once that the position was not reached. */
const MOST_WAITERS = 10_000;

/** Milliseconds after a refresh that failed. */
const RETRY_AFTER = 100;

export type Waiters = {
  /** True when reads have the position, or a later one, before the time is over. */
  wait(position: Position, milliseconds: number): Promise<boolean>;
  /** The views have come this far. */
  reached(position: Position): void;
  waiting(): boolean;
  /** What was seen of the views counts no longer: they may know less than before. */
  forget(): void;
  /** Nobody need wait any longer. */
  dismiss(): void;
};

export function createWaiters(refresh: () => Promise<Position | null>): Waiters {
  const waiters = new Set<{ position: Position; settle: (reached: boolean) => void }>();
  /** What the views have, and what every read has. */
  let known: Position | null = null;
  let visible: Position | null = null;
  let refreshing = false;
  let timer: NodeJS.Timeout | undefined;

  const isDue = ({ position }: { position: Position }) => known !== null && position <= known;

  function isAnyDue(): boolean {
    for (const waiter of waiters) if (isDue(waiter)) return true;
    return false;
  }

  function look(): void {
    if (refreshing || timer !== undefined) return;
    refreshing = true;
    refresh().then(seen, () => seen(null));
  }

  function seen(position: Position | null): void {
    refreshing = false;
    const before = visible;
    visible = position ?? visible;
    for (const waiter of waiters) if (position !== null && waiter.position <= position) waiter.settle(true);
    if (!isAnyDue()) return;
    if (position !== null && (before === null || before < position)) look();
    else
      timer = setTimeout(() => {
        timer = undefined;
        look();
      }, RETRY_AFTER).unref();
  }

  return {
    wait: (position, milliseconds) => {
      if (visible !== null && position <= visible) return Promise.resolve(true);
      if (waiters.size >= MOST_WAITERS) return Promise.resolve(false);
      return new Promise((resolve) => {
        const waiter = { position, settle };
        const timeout = setTimeout(settle, milliseconds, false);
        function settle(reached: boolean): void {
          clearTimeout(timeout);
          waiters.delete(waiter);
          resolve(reached);
        }
        waiters.add(waiter);
        if (isDue(waiter)) look();
      });
    },
    reached(position) {
      known = position;
      if (isAnyDue()) look();
    },
    waiting: () => waiters.size > 0,
    forget() {
      known = null;
      visible = null;
    },
    dismiss() {
      for (const waiter of waiters) waiter.settle(false);
      clearTimeout(timer);
    },
  };
}
