// The two ways a question finds passages, by meaning and by words, and how many of each are asked for.
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import { milliseconds } from '../attributes.ts';
import { decodeWeights } from '../weights.ts';
import type { Scored } from './best.ts';
import { type Corpus, coverageOf, isLent } from './corpus.ts';
import { fieldsOnly, one, words } from './fields.ts';
import type { Question } from './question.ts';
import type { Hit } from './searches.ts';

export type Channel = {
  /** Passages to ask for at first, and at the most. */
  first: number;
  most: number;
  searchFor(count: number): estypes.SearchSearchRequestBody;
  score(hits: readonly Hit[], corpus: Corpus): Scored[];
};

/** The server gives no more at once. */
export const MOST_HITS = 10_000;

/** Elasticsearch ranks words by statistics of its own: among so many of its best are ours. */
const WORDS_FOR_ONE = 4;
const FEWEST_WORDS = 200;

/** What of the graph is looked at; the best, times what they are sampled over, are then compared in full. */
const FEWEST_CANDIDATES = 100;
const OVERSAMPLE = 2;

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
  first: limit,
  most: MOST_HITS / OVERSAMPLE,
  searchFor: (count) => ({
    knn: {
      field: 'vector',
      query_vector: Array.from(vector),
      k: count,
      num_candidates: Math.max(FEWEST_CANDIDATES, OVERSAMPLE * count),
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
