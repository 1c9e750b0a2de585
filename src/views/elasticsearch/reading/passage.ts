// A passage as a search finds it.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { milliseconds } from '../attributes.ts';
import { decodeSummary, type Summary } from '../summary.ts';
import { fieldsOnly, one } from './fields.ts';
import type { Hit, SearchBody } from './searches.ts';

export type Passage = Summary & {
  /** Its vector; null: it has none yet, or was not asked for it. */
  bits: string | null;
  /** Where it was found by meaning. */
  similarity: number | null;
  /** Where it was found by words. */
  coverage: number | null;
};

/** For a search whose hits are passages. */
export const passageFields = (withVector: boolean): SearchBody =>
  fieldsOnly(withVector ? ['summary', 'bits'] : ['summary']);

const found = z.object({ summary: one(z.string()), bits: one(z.string()).optional() });

export function passagesIn(hits: readonly Hit[], now: Instant): Passage[] {
  const at = milliseconds(now);
  return hits.map(({ fields }) => {
    const { summary, bits = null } = found.parse(fields);
    return { ...decodeSummary(summary, at), bits, similarity: null, coverage: null };
  });
}
