// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { milliseconds } from '../attributes.ts';
import { type DecodedWeights, weightIn } from '../weights.ts';
import type { Allowed } from './allowed.ts';
import { allOf, anyOf, is, isBetween, noneOf, type Query } from './query.ts';
import type { Answer, SearchBody } from './searches.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  /** In words, as they are weighted. */
  meanLength: number;
};

/** Weights and lengths are kept in tenths. */
const TENTHS = 10;

/** What a neighbour lends counts until it expires. */
export const isLent = (now: Instant): Query => noneOf([isBetween('lentUntil', { lte: milliseconds(now) })]);

/** Two searches: words alone are counted from their lists, without looking at each passage. */
export function corpusSearches(counted: Allowed, terms: readonly string[], now: Instant): SearchBody[] {
  if (terms.length === 0) return [];
  const lent = isLent(now);
  const filters = terms.map((term) => anyOf([is('terms', term), allOf([is('lent', term), lent])]));
  const query = allOf([counted]);
  return [
    { query, size: 0, track_total_hits: true, aggregations: { length: { sum: { field: 'length' } } } },
    { query, size: 0, track_total_hits: false, aggregations: { terms: { filters: { filters } } } },
  ];
}

const lengths = z.object({ length: z.object({ value: z.number() }) });
const frequencies = z.object({ terms: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) });

/** Of the answers to `corpusSearches`. */
export function corpusOf([all, words]: readonly Answer[]): Corpus {
  if (all === undefined || words === undefined) return { idfs: [], meanLength: 1 };
  const passages = all.total;
  return {
    idfs: frequencies
      .parse(words.aggregations)
      .terms.buckets.map(({ doc_count }) => inverseDocumentFrequency(passages, Math.min(doc_count, passages))),
    meanLength: lengths.parse(all.aggregations).length.value / TENTHS / passages,
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
