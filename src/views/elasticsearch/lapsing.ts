// A memory that expires lends its neighbours no words from that moment on, whoever asks: so what expired is taken out
// before a question is answered, where this process is the one that writes.
import type { Instant } from '../../domain/event.ts';
import { milliseconds } from './attributes.ts';
import { createShared } from './in-turn.ts';
import type { Sweeping } from './sweeping.ts';

export type Lapsing = {
  /** A memory that may lend words expires then; it is in the index by now. */
  note(expiresAt: Instant): void;
  /** `remove` takes out what expired, a part of it at a time. Gives back whether there was anything. */
  settle(now: Instant, remove: (ids: readonly string[]) => Promise<void>): Promise<boolean>;
  clear(): void;
};

/** A search waits for so many parts at the most. */
const MOST_PARTS = 20;

export function createLapsing(sweeping: Pick<Sweeping, 'lapsed' | 'nextLapse'>): Lapsing {
  /** When the first expires of those that a look into the index found, in milliseconds; undefined: not known. */
  let found: number | undefined;
  /** And of those that were noted since that look began. */
  let noted = Number.POSITIVE_INFINITY;

  const look = createShared(async () => {
    found = undefined;
    noted = Number.POSITIVE_INFINITY;
    const next = (await sweeping.nextLapse()) ?? Number.POSITIVE_INFINITY;
    found = next;
    return next;
  });

  return {
    note(expiresAt) {
      noted = Math.min(noted, milliseconds(expiresAt));
    },
    async settle(now, remove) {
      const next = found ?? (await look());
      if (Math.min(next, noted) > milliseconds(now)) return false;
      for (let part = 0; part < MOST_PARTS; part++) {
        const ids = await sweeping.lapsed(now);
        if (ids.length === 0) break;
        await remove(ids);
      }
      await look();
      return true;
    },
    clear() {
      found = undefined;
    },
  };
}
