// A passage as a search finds it.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import { decodeSummary, type Summary } from '../summary.ts';
import type { Hit, SearchBody } from './searches.ts';

export type Passage = Summary & {
  /** Its vector; null: it has none yet, or was not asked for it. */
  bits: string | null;
  /** Where it was found by meaning. */
  similarity: number | null;
  /** Where it was found by words. */
  coverage: number | null;
};

/** For a search whose hits are passages: single fields from doc values. To open the source of each hit takes twice as long. */
export const passageFields = (withVector: boolean): SearchBody => ({
  _source: false,
  stored_fields: '_none_',
  docvalue_fields: withVector ? ['summary', 'bits'] : ['summary'],
});

/** A field with one value. */
const one = z.tuple([z.string()]).transform(([only]) => only);
const found = z.object({ summary: one, bits: one.optional() });

export function passagesIn(hits: readonly Hit[], now: Instant): Passage[] {
  const at = milliseconds(now);
  return hits.map(({ fields }) => {
    const { summary, bits = null } = found.parse(fields);
    return { ...decodeSummary(summary, at), bits, similarity: null, coverage: null };
  });
}
