// Bounds how many requests run at once. Whoever comes when it is full is told so at once: a queue would only make
// everybody wait for answers that their clients have given up on.
export type Gate = {
  /** null when it is full; else a function to call, once, when the request is done. */
  enter(): (() => void) | null;
  /** Resolves when nobody is inside. */
  empty(): Promise<void>;
};

export function createGate(limit: number): Gate {
  let inside = 0;
  let waiting: (() => void)[] = [];

  const leave = () => {
    inside -= 1;
    if (inside > 0) return;
    for (const wake of waiting) wake();
    waiting = [];
  };

  return {
    enter: () => {
      if (inside >= limit) return null;
      inside += 1;
      return leave;
    },
    empty: () => (inside === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
