// How many of the passages that a reader may read have each word of a question.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import { allOf, anyOf, is, isBetween, noneOf, type Query } from './query.ts';
import type { Question } from './question.ts';
import type { Answer, Search } from './searches.ts';

/** Of one query: a server takes a thousand clauses at least, and where something has lapsed a word makes two. */
export const MOST_WORDS = 400;

const lapsed = (now: Instant): Query => isBetween('lentUntil', { lte: milliseconds(now) });

/** What a neighbour lends counts until it expires: in which field the words that count are, and of which passages. */
export const wordsAt = (now: Instant): { field: string; of: Query }[] => [
  { field: 'terms', of: noneOf([lapsed(now)]) },
  { field: 'own', of: lapsed(now) },
];

export type How = {
  /** Without words that have lapsed. They are in the index for a moment only, and it takes longer to ask. */
  exactly: boolean;
  /** Looks at passages with one of the words, instead of at all. Takes longer where these are few. */
  wordsFirst: boolean;
};

export function countsSearch(
  { counted, now }: Pick<Question, 'counted' | 'now'>,
  terms: readonly string[],
  { exactly, wordsFirst }: How,
): Search {
  const withTerm = terms.map((term) => is('terms', term));
  const stillWith = (term: string) => anyOf(wordsAt(now).map(({ field, of }) => allOf([is(field, term), of])));
  return {
    kind: 'passages',
    body: {
      query: allOf([counted(now), ...(wordsFirst && terms.length <= MOST_WORDS ? [anyOf(withTerm)] : [])]),
      size: 0,
      track_total_hits: false,
      aggregations: { counts: { filters: { filters: exactly ? terms.map(stillWith) : withTerm } } },
    },
    once: true,
  };
}

const counts = z.object({ counts: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) });

/** In the order of the terms. */
export const countsOf = ({ aggregations }: Pick<Answer, 'aggregations'>): number[] =>
  counts.parse(aggregations).counts.buckets.map(({ doc_count }) => doc_count);
