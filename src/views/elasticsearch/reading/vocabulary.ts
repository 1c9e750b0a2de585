// How many of a reader's passages have each word that is in any: of who may read few, all are counted at once, and its next
// questions need not ask for theirs.
import { wordsIn } from '../summary.ts';
import { asNumber, hashOf } from '../term-hash.ts';
import { passageFields, summaryIn } from './passage.ts';
import { allOf } from './query.ts';
import type { Question } from './question.ts';
import type { Hit, Search } from './searches.ts';

export type Vocabulary = {
  /** How many passages have the term. */
  withTerm(term: string): number;
};

/** Passages that are read for it, at the most. */
export const FEW = 2_000;

/** Different ones. */
const MOST_WORDS = 20_000;

/** All passages of the reader. */
export const vocabularySearch = ({ counted, now }: Pick<Question, 'counted' | 'now'>): Search => ({
  kind: 'passages',
  body: { query: allOf([counted(now)]), size: FEW, ...passageFields(false), track_total_hits: false },
});

/** null: it has more words than are kept. */
export function vocabularyOf(hits: readonly Hit[]): Vocabulary | null {
  const counts = new Map<number, number>();
  for (const hit of hits) for (const word of wordsIn(summaryIn(hit))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts.size > MOST_WORDS ? null : { withTerm: (term) => counts.get(asNumber(hashOf(term))) ?? 0 };
}
