// A memory that expires lends its neighbours no words from that moment on, whoever asks: so what expired is taken out
// before a question is answered, where this process is the one that writes.
import type { Instant } from '../../domain/event.ts';
import { milliseconds } from './attributes.ts';
import type { Sweeping } from './sweeping.ts';

export type Lapsing = {
  /** A memory that may lend words expires then. */
  note(expiresAt: Instant): void;
  /** `remove` takes out what expired, a part of it at a time. Gives back whether there was anything. */
  settle(now: Instant, remove: (ids: readonly string[]) => Promise<void>): Promise<boolean>;
  clear(): void;
};

/** A search waits for so many parts at the most. */
const MOST_PARTS = 20;

export function createLapsing(sweeping: Pick<Sweeping, 'lapsed' | 'nextLapse'>): Lapsing {
  /** In milliseconds; null: nothing that is there expires; undefined: not known. */
  let next: number | null | undefined;

  return {
    note(expiresAt) {
      const time = milliseconds(expiresAt);
      if (next === null || (next !== undefined && time < next)) next = time;
    },
    async settle(now, remove) {
      next ??= next === undefined ? await sweeping.nextLapse() : null;
      if (next === null || next > milliseconds(now)) return false;
      for (let part = 0; part < MOST_PARTS; part++) {
        const ids = await sweeping.lapsed(now);
        if (ids.length === 0) break;
        await remove(ids);
      }
      next = await sweeping.nextLapse();
      return true;
    },
    clear() {
      next = undefined;
    },
  };
}
