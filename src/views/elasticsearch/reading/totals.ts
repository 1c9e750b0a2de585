// All passages that a reader may read: how many they are and how long, which statistics are over. The same for all
// questions of a minute.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import { TENTHS } from '../weights.ts';
import { allOf } from './query.ts';
import type { Question } from './question.ts';
import type { Answer, Search } from './searches.ts';

export type Totals = {
  passages: number;
  /** In words, as they are weighted. */
  meanLength: number;
  /** When the first of them expires, or is lent a word no more, in milliseconds: from then on all has to be counted anew. */
  until: number;
};

const MINUTE = 60_000;

export const minuteOf = (now: Instant): Instant =>
  new Date(Math.floor(milliseconds(now) / MINUTE) * MINUTE).toISOString();

/**
 * With what has expired since the minute began, unless `exactly`. The server, which has to look at each passage for it,
 * then answers from memory until something is written.
 */
export const totalsSearch = ({ counted, now }: Pick<Question, 'counted' | 'now'>, exactly: boolean): Search => ({
  kind: 'passages',
  body: {
    query: allOf([counted(exactly ? now : minuteOf(now))]),
    size: 0,
    track_total_hits: true,
    aggregations: {
      length: { sum: { field: 'length' } },
      expires: { min: { field: 'expiresAt' } },
      lapses: { min: { field: 'lentUntil' } },
    },
  },
});

const least = z.object({ value: z.number().nullable() });
const ofAll = z.object({ length: z.object({ value: z.number() }), expires: least, lapses: least });

export function totalsOf({ total, aggregations }: Pick<Answer, 'total' | 'aggregations'>): Totals {
  const { length, expires, lapses } = ofAll.parse(aggregations);
  return {
    passages: total,
    // Over nothing it counts for nothing, but what was written since may be found.
    meanLength: total === 0 ? 1 : length.value / TENTHS / total,
    until: Math.min(expires.value ?? Number.POSITIVE_INFINITY, lapses.value ?? Number.POSITIVE_INFINITY),
  };
}
