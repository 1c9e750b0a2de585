// How many subscriptions are open, of one caller and in all, and how they end with the server: dropped and not
// completed, so that their clients come back and resume.
import { setMaxListeners } from 'node:events';
import { actorOf, type Caller } from '../access/caller.ts';

export type OpenStreams = {
  /** null when there are too many; else a function to call when the stream has ended. */
  enter(caller: Caller): (() => void) | null;
  /** Aborts when what is open is to be dropped. */
  dropped: AbortSignal;
  drop(): void;
};

/** One caller may have half of all. */
const SHARE = 0.5;

export function createOpenStreams(limit: number): OpenStreams {
  const ofCaller = Math.max(1, Math.floor(limit * SHARE));
  const open = new Map<string, number>();
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let all = 0;

  return {
    enter(caller) {
      const key = `${caller.keyId} ${actorOf(caller)}`;
      const own = open.get(key) ?? 0;
      if (all >= limit || own >= ofCaller) return null;
      all += 1;
      open.set(key, own + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        all -= 1;
        const rest = (open.get(key) ?? 1) - 1;
        if (rest === 0) open.delete(key);
        else open.set(key, rest);
      };
    },
    dropped: controller.signal,
    drop: () => controller.abort(),
  };
}
