// The two ways a question finds passages, by meaning and by words, and how many of each are asked for.
import { offBy } from '../impacts.ts';
import { type Corpus, coverageOf } from './corpus.ts';
import { type Passage, passageFields, passagesIn } from './passage.ts';
import { anyOf, type Query } from './query.ts';
import type { Question } from './question.ts';
import type { Hit, SearchBody } from './searches.ts';
import { MOST_WORDS, wordsAt } from './word-counts.ts';

export type Channel = {
  /** Passages to ask for at first, and at the most. */
  first: number;
  most: number;
  searchFor(count: number): SearchBody;
  passagesIn(hits: readonly Hit[]): Passage[];
  score(passage: Passage): number;
};

/** The server gives no more at once. */
export const MOST_HITS = 10_000;

/** So many are looked at in the graph, each time, and the better ones compared in full; with fewer too few are found. */
const CANDIDATES_FOR_ONE = 4;
const OVERSAMPLE = 2;
const FEWEST_NEAREST = 50;

/**
 * The server knows only about how well words fit: among so many of its best are ours, and among so many more for each
 * doubling between the mean length that it takes passages to have and the reader's.
 */
const WORDS_FOR_ONE = 1.2;
const MORE_FOR_DOUBLING = 1.25;
const FEWEST_WORDS = 50;

/** What is allowed is told within the search, not after it: else it would find too few. */
export const byMeaning = (question: Question, vector: Float32Array): Channel => ({
  first: Math.max(FEWEST_NEAREST, question.limit),
  most: MOST_HITS / CANDIDATES_FOR_ONE,
  searchFor: (count) => ({
    knn: {
      field: 'vector',
      query_vector: Array.from(vector),
      k: count,
      num_candidates: CANDIDATES_FOR_ONE * count,
      rescore_vector: { oversample: OVERSAMPLE },
      filter: question.allowed,
    },
    size: count,
    ...passageFields(false),
    track_total_hits: false,
  }),
  // A score is (1 + cosine) / 2.
  passagesIn: (hits) => passagesIn(hits, question, (score) => 2 * score - 1),
  score: ({ similarity }) => similarity ?? -1,
});

export function byWords(question: Question, corpus: Corpus): Channel {
  const { allowed, asked, now, limit, vector } = question;
  const forOne = WORDS_FOR_ONE + MORE_FOR_DOUBLING * offBy(corpus.meanLength);
  // Of a long question the most telling.
  const telling = asked.terms
    .map((term, i) => ({ term, idf: corpus.idfs[i] ?? 0 }))
    .toSorted((a, b) => b.idf - a.idf)
    .slice(0, MOST_WORDS);
  const found = (field: string): Query[] =>
    telling.map(({ term, idf }) => ({ term: { [field]: { value: term, boost: idf } } }));
  const still = () => wordsAt(now).map(({ field, of }) => ({ bool: { must: [anyOf(found(field))], filter: [of] } }));
  const should: Query[] = corpus.lapsed ? still() : found('terms');
  const query: Query = { bool: { filter: [allowed], should, minimum_should_match: 1 } };
  return {
    first: Math.min(MOST_HITS, Math.max(FEWEST_WORDS, Math.ceil(limit * forOne))),
    most: MOST_HITS,
    searchFor: (count) => ({ query, size: count, ...passageFields(vector !== null), track_total_hits: false }),
    passagesIn: (hits) => passagesIn(hits, question),
    score: (passage) => coverageOf(passage, corpus),
  };
}
