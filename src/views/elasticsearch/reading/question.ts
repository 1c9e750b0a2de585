// A search as it is asked of the index.
import { createHash } from 'node:crypto';
import type { Instant } from '../../../domain/event.ts';
import { type QueryTerm, queryTerms } from '../../../text/terms.ts';
import type { SearchQuery } from '../../view-store.ts';
import { type Asked, askedFor } from '../summary.ts';
import { type Allowed, allowedBy, countedBy } from './allowed.ts';
import type { Known } from './known.ts';

export type Question = {
  /** What can be found. */
  allowed: Allowed;
  /** What statistics are over, as of a time. */
  counted: (at: Instant) => Allowed;
  /** By which the reader is known again, with all that decides which passages its statistics are over. */
  reader: string;
  /** Of what is searched; null: not known. */
  version: string | null;
  now: Instant;
  /** null: words are not asked for. */
  words: readonly QueryTerm[] | null;
  /** Their terms; none without words. */
  asked: Asked;
  /** null: meaning is not asked for. */
  vector: Float32Array | null;
  limit: number;
};

/** Of no question. */
const NEVER = new Date(0).toISOString();

const keyOf = (counted: Allowed): string => createHash('sha256').update(JSON.stringify(counted)).digest('base64');

export function questionOf(query: SearchQuery, known: Known, version: string | null): Question {
  const words = query.mode === 'SEMANTIC' ? null : queryTerms(query.text);
  return {
    allowed: allowedBy(query, known),
    counted: (at) => countedBy({ ...query, now: at }),
    reader: keyOf(countedBy({ ...query, now: NEVER })),
    version,
    now: query.now,
    words,
    asked: askedFor(words?.map(({ term }) => term) ?? []),
    vector: query.mode === 'KEYWORD' ? null : query.vector,
    limit: query.limit,
  };
}
