// The two ways a question finds passages, by meaning and by words, and how many of each are asked for.
import { z } from 'zod';
import { milliseconds } from '../attributes.ts';
import { decodeWeights } from '../weights.ts';
import type { Scored } from './best.ts';
import { type Corpus, coverageOf, isLent } from './corpus.ts';
import { fieldsOnly, one, words } from './fields.ts';
import type { Question } from './question.ts';
import type { Hit, SearchBody } from './searches.ts';

export type Channel = {
  /** Passages to ask for at first, and at the most. */
  first: number;
  most: number;
  searchFor(count: number): SearchBody;
  score(hits: readonly Hit[], corpus: Corpus): Scored[];
};

/** The server gives no more at once. */
export const MOST_HITS = 10_000;

/** Elasticsearch ranks words by statistics of its own: among so many of its best are ours. */
const WORDS_FOR_ONE = 4;
const FEWEST_WORDS = 200;

/** How much more of the graph is looked at, and then compared in full; for fewer than these too few are found. */
const OVERSAMPLE = 2;
const FEWEST_NEAREST = 50;

export function channelsOf(question: Question): Channel[] {
  const { vector, terms } = question;
  return [
    ...(vector === null || vector.every((value) => value === 0) ? [] : [byMeaning(question, vector)]),
    ...(terms === null || terms.length === 0
      ? []
      : [
          byWords(
            question,
            terms.map(({ term }) => term),
          ),
        ]),
  ];
}

const found = z.object({ memory: one(z.string()), recorded: one(z.string()) });
const weighed = found.extend(words);

/** What is allowed is told within the search, not after it: else it would find too few. */
const byMeaning = ({ allowed, limit }: Question, vector: Float32Array): Channel => ({
  first: Math.max(FEWEST_NEAREST, limit),
  most: MOST_HITS / OVERSAMPLE,
  searchFor: (count) => ({
    knn: {
      field: 'vector',
      query_vector: Array.from(vector),
      k: count,
      num_candidates: OVERSAMPLE * count,
      rescore_vector: { oversample: OVERSAMPLE },
      filter: allowed,
    },
    size: count,
    ...fieldsOnly(found),
    track_total_hits: false,
  }),
  score: (hits) => hits.map(({ fields, score }) => ({ ...found.parse(fields), score })),
});

function byWords({ allowed, now, limit }: Question, terms: readonly string[]): Channel {
  const asked = terms.join(' ');
  return {
    first: Math.min(MOST_HITS, Math.max(FEWEST_WORDS, WORDS_FOR_ONE * limit)),
    most: MOST_HITS,
    searchFor: (count) => ({
      query: {
        bool: {
          filter: [allowed],
          should: [
            { match: { terms: asked } },
            { bool: { must: [{ match: { lent: asked } }], filter: [isLent(now)] } },
          ],
          minimum_should_match: 1,
        },
      },
      size: count,
      ...fieldsOnly(weighed),
      track_total_hits: false,
    }),
    score: (hits, corpus) =>
      hits.map(({ fields }) => {
        const { memory, recorded, length, ...kept } = weighed.parse(fields);
        const weights = decodeWeights(kept, milliseconds(now));
        return { memory, recorded, score: coverageOf({ weights, length }, terms, corpus) };
      }),
  };
}
