// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { milliseconds } from '../attributes.ts';
import type { Summary } from '../summary.ts';
import { TENTHS } from '../weights.ts';
import { allOf, anyOf, is, isBetween, noneOf, type Query } from './query.ts';
import type { Question } from './question.ts';
import type { Answer, Search, SearchBody } from './searches.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  passages: number;
  /** In words, as they are weighted. */
  meanLength: number;
  /** Not all that was counted counts. When it was counted exactly: some passages have words that are lent no more. */
  lapsed: boolean;
};

/** Of one query: a server takes a thousand clauses at least, and where something has lapsed a word makes two. */
export const MOST_WORDS = 400;

const MINUTE = 60_000;

const minuteOf = (now: Instant): Instant => new Date(Math.floor(milliseconds(now) / MINUTE) * MINUTE).toISOString();

const lapsed = (now: Instant): Query => isBetween('lentUntil', { lte: milliseconds(now) });

/** What a neighbour lends counts until it expires: in which field the words that count are, and of which passages. */
export const wordsAt = (now: Instant): { field: string; of: Query }[] => [
  { field: 'terms', of: noneOf([lapsed(now)]) },
  { field: 'own', of: lapsed(now) },
];

export type How = {
  /** Without what has expired or lapsed. That is in the index for a moment only, and takes longer to ask for. */
  exactly: boolean;
  /** Looks at passages with a word of the question, instead of at all. Takes longer where these are few. */
  wordsFirst: boolean;
};

/**
 * Two searches. The one is of all passages, with what has expired since the minute began: it is the same for all questions
 * of the minute, and the server, which has to look at each passage for it, answers from memory until something is written.
 * The other counts those with each word.
 */
export function corpusSearches(question: Question, { exactly, wordsFirst }: How): Search[] {
  const { asked, now } = question;
  const withTerm = asked.terms.map((term) => is('terms', term));
  const stillWith = (term: string) => anyOf(wordsAt(now).map(({ field, of }) => allOf([is(field, term), of])));
  const filters = [lapsed(now), ...(exactly ? asked.terms.map(stillWith) : withTerm)];
  const all: SearchBody = {
    query: allOf([question.counted(exactly ? now : minuteOf(now))]),
    size: 0,
    track_total_hits: true,
    aggregations: { length: { sum: { field: 'length' } }, expires: { min: { field: 'expiresAt' } } },
  };
  const words: SearchBody = {
    query: allOf([question.counted(now), ...(wordsFirst && withTerm.length <= MOST_WORDS ? [anyOf(withTerm)] : [])]),
    size: 0,
    track_total_hits: false,
    aggregations: { counts: { filters: { filters } } },
  };
  return [
    { kind: 'passages', body: all },
    { kind: 'passages', body: words, once: true },
  ];
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
  const [gone = 0, ...ofTerms] = counts.parse(words.aggregations).counts.buckets.map(({ doc_count }) => doc_count);
  return {
    passages,
    idfs: ofTerms.map((withTerm) => inverseDocumentFrequency(passages, Math.min(withTerm, passages))),
    // Over nothing it counts for nothing, but what was written since may be found.
    meanLength: passages === 0 ? 1 : length.value / TENTHS / passages,
    lapsed: gone > 0 || (expires.value !== null && expires.value <= milliseconds(now)),
  };
}

export const NO_CORPUS: Corpus = { passages: 0, idfs: [], meanLength: 1, lapsed: false };

export const coverageOf = ({ weights, length }: Pick<Summary, 'weights' | 'length'>, corpus: Corpus): number =>
  coverage(
    weights.map((weight, i) => ({
      idf: corpus.idfs[i] ?? 0,
      saturation: saturation(weight / TENTHS, length / TENTHS, corpus.meanLength),
    })),
  );
