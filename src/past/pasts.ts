// Pasts that are open: few, because each is a whole index. Whoever asks the same position again finds it open; the one
// that was used longest ago makes room, and is closed when its last user is done.
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Past } from './past.ts';

export type Moment = {
  tenant: string;
  position: Position;
  /** Decides what had expired. */
  now: Instant;
};

export type Pasts = {
  /** Works on the state of that moment, which is opened if need be. */
  use<T>(moment: Moment, work: (past: Past) => Promise<T>): Promise<T>;
  /** Closes what is open; what is still in use, when its users are done. */
  close(): Promise<void>;
};

export type PastsOptions = {
  /** Kept open. */
  kept?: number;
  /** Waiting to be opened or for one that is; more are refused. */
  waiting?: number;
};

type Entry = { moment: Moment; past: Promise<Past>; users: number; closing: Promise<void> | null; dropped: boolean };

export function createPasts(
  open: (tenant: string, position: Position) => Promise<Past>,
  { kept = 2, waiting = 16 }: PastsOptions = {},
): Pasts {
  /** The one used last comes last. */
  const entries = new Set<Entry>();
  const all = new Set<Entry>();
  let opening: Promise<unknown> = Promise.resolve();
  let waiters = 0;
  let closed = false;

  // What has expired at one time is gone from an index, and a question as of an earlier time would miss it: so an open past
  // only goes forward, and while it is used for one time it is for no other.
  const fits = (entry: Entry, { tenant, position, now }: Moment): boolean =>
    entry.moment.tenant === tenant &&
    entry.moment.position === position &&
    (entry.users === 0 ? entry.moment.now <= now : entry.moment.now === now);

  /** One after the other: each takes the processor for itself. */
  function begin(moment: Moment): Entry {
    const past = opening.then(() => {
      if (closed) throw failure('UNAVAILABLE', 'the server is stopping');
      return open(moment.tenant, moment.position);
    });
    const entry: Entry = { moment: { ...moment }, past, users: 0, closing: null, dropped: false };
    opening = past.catch(() => drop(entry));
    all.add(entry);
    return entry;
  }

  function drop(entry: Entry): void {
    entries.delete(entry);
    entry.dropped = true;
    if (entry.users === 0) closeEntry(entry);
  }

  function closeEntry(entry: Entry): void {
    entry.closing ??= entry.past
      .then(
        (past) => past.close(),
        () => {},
      )
      .catch(() => {})
      .finally(() => all.delete(entry));
  }

  return {
    async use(moment, work) {
      if (closed) throw failure('UNAVAILABLE', 'the server is stopping');
      if (waiters >= waiting)
        throw failure('UNAVAILABLE', `more than ${waiting} questions wait for the past; try again`, { limit: waiting });
      const entry = [...entries].find((one) => fits(one, moment)) ?? begin(moment);
      entry.users += 1;
      entry.moment.now = moment.now;
      entries.delete(entry);
      entries.add(entry);
      for (const oldest of [...entries].slice(0, Math.max(0, entries.size - kept))) drop(oldest);
      try {
        waiters += 1;
        const past = await entry.past.finally(() => {
          waiters -= 1;
        });
        return await work(past);
      } finally {
        entry.users -= 1;
        if (entry.dropped && entry.users === 0) closeEntry(entry);
      }
    },
    async close() {
      closed = true;
      for (const entry of [...entries]) drop(entry);
      await Promise.all([...all].map((entry) => entry.closing ?? entry.past.catch(() => {})));
    },
  };
}
