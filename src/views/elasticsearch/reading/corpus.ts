// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { milliseconds } from '../attributes.ts';
import type { Summary } from '../summary.ts';
import { TENTHS } from '../weights.ts';
import { allOf, anyOf, has, is, isBetween, noneOf, type Query } from './query.ts';
import type { Question } from './question.ts';
import type { Answer, Search, SearchBody } from './searches.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  /** In words, as they are weighted. */
  meanLength: number;
  /** Some of the passages have words that are lent for a while. */
  lent: boolean;
  /** Something expired or was lent no more when it was counted. */
  lapsed: boolean;
};

const MINUTE = 60_000;

const lapsed = (now: Instant): Query => isBetween('lentUntil', { lte: milliseconds(now) });

const minuteOf = (now: Instant): Instant => new Date(Math.floor(milliseconds(now) / MINUTE) * MINUTE).toISOString();

/** What a neighbour lends counts until it expires. */
export const isLent = (now: Instant): Query => noneOf([lapsed(now)]);

/**
 * Two searches. In the one are all passages, as they were when the minute began: it is the same for all questions of the
 * minute, and the server, which would have to look at each passage, answers it from memory until something is written. In
 * the other are words alone, which are counted from their lists.
 * `exactly`: without what has lapsed since. That is in the index for a moment only, and takes longer to ask for.
 */
export function corpusSearches({ counted, asked, now }: Pick<Question, 'counted' | 'asked' | 'now'>, exactly: boolean) {
  const still = isLent(now);
  const lent = (term: string) => (exactly ? allOf([is('lent', term), still]) : is('lent', term));
  const ofTerms = asked.terms.map((term) => anyOf([is('terms', term), lent(term)]));
  const filters = [has('lentUntil'), lapsed(now), ...ofTerms];
  const all: SearchBody = {
    query: allOf([counted(exactly ? now : minuteOf(now))]),
    size: 0,
    track_total_hits: true,
    aggregations: { length: { sum: { field: 'length' } }, expires: { min: { field: 'expiresAt' } } },
  };
  const words: SearchBody = {
    query: allOf([counted(now)]),
    size: 0,
    track_total_hits: false,
    aggregations: { counts: { filters: { filters } } },
  };
  return [
    { kind: 'passages', body: all },
    { kind: 'passages', body: words, once: true },
  ] satisfies Search[];
}

const ofAll = z.object({
  length: z.object({ value: z.number() }),
  expires: z.object({ value: z.number().nullable() }),
});
const counts = z.object({ counts: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) });

/** Of the answers to `corpusSearches`. */
export function corpusOf([all, words]: readonly Answer[], now: Instant): Corpus {
  if (all === undefined || words === undefined) return NO_CORPUS;
  const passages = all.total;
  const { length, expires } = ofAll.parse(all.aggregations);
  const [lent = 0, gone = 0, ...ofTerms] = counts
    .parse(words.aggregations)
    .counts.buckets.map(({ doc_count }) => doc_count);
  return {
    idfs: ofTerms.map((withTerm) => inverseDocumentFrequency(passages, Math.min(withTerm, passages))),
    // Over nothing it counts for nothing, but what was written since may be found.
    meanLength: passages === 0 ? 1 : length.value / TENTHS / passages,
    lent: lent > 0,
    lapsed: gone > 0 || (expires.value !== null && expires.value <= milliseconds(now)),
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
