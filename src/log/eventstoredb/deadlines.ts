// Many deadlines on one timer: nearly all are dropped in time, and a timer for each costs more than what it watches over.

export type Deadline = { due: number; passed: () => void };

export type Deadlines = {
  /** Calls `passed` once so many milliseconds have passed, unless it is dropped before. */
  set(timeout: number, passed: () => void): Deadline;
  drop(deadline: Deadline): void;
};

export function createDeadlines(): Deadlines {
  const all = new Set<Deadline>();
  let timer: NodeJS.Timeout | null = null;
  /** When the timer goes off: at the first deadline, or before. */
  let next = Number.POSITIVE_INFINITY;

  function look(): void {
    timer = null;
    next = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const deadline of all)
      if (deadline.due <= now) {
        all.delete(deadline);
        deadline.passed();
      } else if (deadline.due < next) wakeAt(deadline.due, now);
  }

  function wakeAt(due: number, now: number): void {
    if (timer !== null) clearTimeout(timer);
    next = due;
    timer = setTimeout(look, Math.ceil(due - now));
  }

  return {
    set(timeout, passed) {
      const now = performance.now();
      const deadline = { due: now + timeout, passed };
      if (all.size === 0) timer?.ref();
      all.add(deadline);
      if (deadline.due < next) wakeAt(deadline.due, now);
      return deadline;
    },
    drop(deadline) {
      all.delete(deadline);
      // A process with nothing to wait for may end.
      if (all.size === 0) timer?.unref();
    },
  };
}
