// What was counted of each reader's passages, as long as it stays so: nothing more is found of what was written since, and
// nothing has expired. A question then asks only for the words that no question before it had.
import QuickLru from 'quick-lru';
import type { Instant } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import type { Question } from './question.ts';
import { minuteOf, type Totals } from './totals.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Asking = Pick<Question, 'version' | 'now'> & { reader: string };

export type Counted = {
  totals: Totals;
  /** How many passages have the term; undefined: it was not counted yet. */
  withTerm(term: string): number | undefined;
  learn(counts: ReadonlyMap<string, number>): void;
  /** How often it has learnt any. */
  learnt(): number;
  learnAll(vocabulary: Vocabulary): void;
};

export type Remembered = {
  /** null: all has to be counted. */
  recall(asking: Asking): Counted | null;
  remember(asking: Asking, totals: Totals): Counted;
  /** As of the last question, however long ago. */
  passagesOf(asking: Pick<Asking, 'reader'>): number;
};

const MOST_READERS = 500;
const MOST_COUNTS = 500;
/** Each is some megabytes at the most. */
const MOST_VOCABULARIES = 25;

export function createRemembered(): Remembered {
  const readers = new QuickLru<string, Counted & { version: string | null; minute: Instant }>({
    maxSize: MOST_READERS,
  });
  const vocabularies = new QuickLru<string, { key: symbol; vocabulary: Vocabulary }>({ maxSize: MOST_VOCABULARIES });

  function counted(reader: string, totals: Totals): Counted {
    const key = Symbol();
    const counts = new QuickLru<string, number>({ maxSize: MOST_COUNTS });
    let learnt = 0;
    return {
      totals,
      withTerm(term) {
        const all = vocabularies.get(reader);
        return all?.key === key ? all.vocabulary.withTerm(term) : counts.get(term);
      },
      learn(more) {
        learnt++;
        for (const [term, passages] of more) counts.set(term, passages);
      },
      learnt: () => learnt,
      learnAll: (vocabulary) => void vocabularies.set(reader, { key, vocabulary }),
    };
  }

  return {
    recall({ reader, version, now }) {
      const found = readers.get(reader);
      if (found === undefined || found.version === null || found.version !== version) return null;
      return found.minute === minuteOf(now) && milliseconds(now) < found.totals.until ? found : null;
    },
    remember({ reader, version, now }, totals) {
      const made = { ...counted(reader, totals), version, minute: minuteOf(now) };
      readers.set(reader, made);
      return made;
    },
    passagesOf: ({ reader }) => readers.get(reader)?.totals.passages ?? 0,
  };
}
