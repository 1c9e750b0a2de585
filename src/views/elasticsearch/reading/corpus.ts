// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { milliseconds } from '../attributes.ts';
import type { Summary } from '../summary.ts';
import { TENTHS } from '../weights.ts';
import type { Allowed } from './allowed.ts';
import { allOf, anyOf, has, is, isBetween, noneOf, type Query } from './query.ts';
import type { Answer, Search } from './searches.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  /** In words, as they are weighted. */
  meanLength: number;
  /** Some of the passages have words that are lent for a while. */
  lent: boolean;
  /** Some of these are lent no more, and still in the index. */
  lapsed: boolean;
};

const lapsed = (now: Instant): Query => isBetween('lentUntil', { lte: milliseconds(now) });

/** What a neighbour lends counts until it expires. */
export const isLent = (now: Instant): Query => noneOf([lapsed(now)]);

/**
 * Two searches, each of one aggregation: words alone are counted from their lists, without looking at each passage.
 * `exactly`: without what has lapsed. That is in the index for a moment only, and takes longer to ask for.
 */
export function corpusSearches(counted: Allowed, terms: readonly string[], now: Instant, exactly: boolean): Search[] {
  const still = isLent(now);
  const lent = (term: string) => (exactly ? allOf([is('lent', term), still]) : is('lent', term));
  const ofTerms = terms.map((term) => anyOf([is('terms', term), lent(term)]));
  const filters = [has('lentUntil'), lapsed(now), ...ofTerms];
  const query = allOf([counted]);
  const bodies = [
    { query, size: 0, track_total_hits: true, aggregations: { length: { sum: { field: 'length' } } } },
    { query, size: 0, track_total_hits: false, aggregations: { counts: { filters: { filters } } } },
  ];
  return bodies.map((body) => ({ kind: 'passages', body }));
}

const lengths = z.object({ length: z.object({ value: z.number() }) });
const counts = z.object({ counts: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) });

/** Of the answers to `corpusSearches`. */
export function corpusOf([all, words]: readonly Answer[]): Corpus {
  if (all === undefined || words === undefined) return NO_CORPUS;
  const passages = all.total;
  const [lent = 0, gone = 0, ...ofTerms] = counts
    .parse(words.aggregations)
    .counts.buckets.map(({ doc_count }) => doc_count);
  return {
    idfs: ofTerms.map((withTerm) => inverseDocumentFrequency(passages, Math.min(withTerm, passages))),
    // Over nothing it counts for nothing, but what was written since may be found.
    meanLength: passages === 0 ? 1 : lengths.parse(all.aggregations).length.value / TENTHS / passages,
    lent: lent > 0,
    lapsed: gone > 0,
  };
}

export const NO_CORPUS: Corpus = { idfs: [], meanLength: 1, lent: false, lapsed: false };

export const coverageOf = ({ weights, length }: Pick<Summary, 'weights' | 'length'>, corpus: Corpus): number =>
  coverage(
    weights.map((weight, i) => ({
      idf: corpus.idfs[i] ?? 0,
      saturation: saturation(weight / TENTHS, length / TENTHS, corpus.meanLength),
    })),
  );
