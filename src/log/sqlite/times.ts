// Between positions and times. The log is in the order of its appends, and so all but sorted by time.
import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/event.ts';

type Times = {
  /** Of the last event at this number or before it; null when there is none. */
  timeAt(sequence: number): Instant | null;
  /** The last number whose event was recorded at the time or before it; 0 when there is none. */
  sequenceAt(time: Instant): number;
};

/** Above what a log can hold. */
const LARGEST_STEP = 2 ** 40;

export function createTimes(db: DatabaseSync, head: () => number): Times {
  const before = db.prepare(
    'SELECT recorded_at AS time FROM events WHERE position <= ? ORDER BY position DESC LIMIT 1',
  );
  const timeAt = (sequence: number): Instant | null => {
    const row = before.get(sequence);
    return row === undefined ? null : String(row.time);
  };

  // Steps of fixed sizes, so that what a time finds stays what it finds however the log grows: halves of what is there
  // would be other halves each time.
  function sequenceAt(time: Instant): number {
    const end = head();
    let found = 0;
    for (let step = LARGEST_STEP; step >= 1; step /= 2) {
      const at = found + step > end ? null : timeAt(found + step);
      if (at !== null && at <= time) found += step;
    }
    return found;
  }

  return { timeAt, sequenceAt };
}
