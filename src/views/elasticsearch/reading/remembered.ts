// What was counted of each reader's passages, as long as it stays so: nothing more is found of what was written since, and
// nothing has expired. A question then asks only for the words that no question before it had.
import QuickLru from 'quick-lru';
import type { Instant, Position } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import type { Question } from './question.ts';
import { minuteOf, type Totals } from './totals.ts';

type Asking = Pick<Question, 'reader' | 'asOf' | 'now'>;

export type Counted = {
  totals: Totals;
  /** How many passages have a term. */
  counts: QuickLru<string, number>;
};

export type Remembered = {
  /** null: all has to be counted. */
  recall(asking: Asking): Counted | null;
  /** Counts of words are to be added. */
  remember(asking: Asking, totals: Totals): Counted;
  /** As of the last question, however long ago. */
  passagesOf(asking: Pick<Asking, 'reader'>): number;
};

const MOST_READERS = 500;
const MOST_WORDS = 500;

export function createRemembered(): Remembered {
  const readers = new QuickLru<string, Counted & { asOf: Position | null; minute: Instant }>({ maxSize: MOST_READERS });
  return {
    recall({ reader, asOf, now }) {
      const found = readers.get(reader);
      if (found === undefined || found.asOf === null || found.asOf !== asOf) return null;
      return found.minute === minuteOf(now) && milliseconds(now) < found.totals.until ? found : null;
    },
    remember({ reader, asOf, now }, totals) {
      const counted = { totals, counts: new QuickLru<string, number>({ maxSize: MOST_WORDS }) };
      readers.set(reader, { ...counted, asOf, minute: minuteOf(now) });
      return counted;
    },
    passagesOf: ({ reader }) => readers.get(reader)?.totals.passages ?? 0,
  };
}
