// A search as it is asked of the index.
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

export function questionOf(query: SearchQuery, known: Known, version: string | null): Question {
  const words = query.mode === 'SEMANTIC' ? null : queryTerms(query.text);
  return {
    allowed: allowedBy(query, known),
    counted: (at) => countedBy({ ...query, now: at }),
    version,
    now: query.now,
    words,
    asked: askedFor(words?.map(({ term }) => term) ?? []),
    vector: query.mode === 'KEYWORD' ? null : query.vector,
    limit: query.limit,
  };
}
