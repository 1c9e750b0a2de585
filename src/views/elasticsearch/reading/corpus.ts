// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { milliseconds } from '../attributes.ts';
import { type DecodedWeights, weightIn } from '../weights.ts';
import type { Allowed } from './allowed.ts';
import { allOf, anyOf, is, isBetween, noneOf, type Query } from './query.ts';
import type { Answer } from './searches.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  /** In words, as they are weighted. */
  meanLength: number;
};

export const noCorpus: Corpus = { idfs: [], meanLength: 1 };

/** Weights and lengths are kept in tenths. */
const TENTHS = 10;

/** What a neighbour lends counts until it expires. */
export const isLent = (now: Instant): Query => noneOf([isBetween('lentUntil', { lte: milliseconds(now) })]);

export function corpusSearch(
  counted: Allowed,
  terms: readonly string[],
  now: Instant,
): estypes.SearchSearchRequestBody {
  const lent = isLent(now);
  const filters = terms.map((term) => anyOf([is('terms', term), allOf([is('lent', term), lent])]));
  return {
    query: allOf([counted]),
    size: 0,
    track_total_hits: true,
    aggregations: { length: { sum: { field: 'length' } }, terms: { filters: { filters } } },
  };
}

const aggregations = z.object({
  length: z.object({ value: z.number() }),
  terms: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }),
});

export function corpusOf({ total, aggregations: given }: Answer): Corpus {
  const { length, terms } = aggregations.parse(given);
  return {
    idfs: terms.buckets.map(({ doc_count }) => inverseDocumentFrequency(total, doc_count)),
    meanLength: length.value / TENTHS / total,
  };
}

/** A passage's words, as `weights.ts` keeps them. */
export type Words = { weights: DecodedWeights; length: number };

export const coverageOf = ({ weights, length }: Words, terms: readonly string[], corpus: Corpus): number =>
  coverage(
    terms.map((term, i) => ({
      idf: corpus.idfs[i] ?? 0,
      saturation: saturation(weightIn(weights, term) / TENTHS, length / TENTHS, corpus.meanLength),
    })),
  );
