// Wake-ups: for commits of this handle at once, for those of others by asking SQLite whether the file changed.
import type { DatabaseSync } from 'node:sqlite';

/** How often another process's commits are looked for; the question costs about a microsecond. */
const POLL_MILLISECONDS = 50;

type Watch = {
  subscribe(wake: () => void): () => void;
  wakeAll(): void;
  close(): void;
};

/** `trouble` hears of what a subscriber or the question threw; neither may fail an append. */
export function createWatch(db: DatabaseSync, trouble: (error: unknown) => void): Watch {
  const version = db.prepare('PRAGMA data_version');
  const wakes = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let seen: unknown;

  function wakeAll(): void {
    for (const wake of [...wakes]) {
      try {
        wake();
      } catch (error) {
        trouble(error);
      }
    }
  }

  function poll(): void {
    try {
      const now = version.get()?.data_version;
      if (now === seen) return;
      seen = now;
    } catch (error) {
      trouble(error);
      return;
    }
    wakeAll();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    subscribe(wake) {
      // A function of its own, so that one wake given twice is two subscriptions.
      const call = () => wake();
      wakes.add(call);
      if (timer === undefined) {
        // What was committed until now the subscriber reads by itself; its first read comes after this call.
        seen = version.get()?.data_version;
        timer = setInterval(poll, POLL_MILLISECONDS).unref();
      }
      return () => {
        wakes.delete(call);
        if (wakes.size === 0) stop();
      };
    },
    wakeAll,
    close() {
      wakes.clear();
      stop();
    },
  };
}
