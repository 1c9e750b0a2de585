// A passage as a search finds it.
import { z } from 'zod';
import { milliseconds } from '../attributes.ts';
import { decodeSummary, type Summary } from '../summary.ts';
import type { Question } from './question.ts';
import type { Hit, SearchBody } from './searches.ts';

export type Passage = Summary & {
  /** Its vector, rounded; null: it has none yet, or was not asked for it. */
  rounded: string | null;
  /** Of a passage that was found by meaning, which of these comes first. */
  similarity: number | null;
};

/** For a search whose hits are passages: single fields from doc values. To open the source of each hit takes twice as long. */
export const passageFields = (withVector: boolean): SearchBody => ({
  _source: false,
  stored_fields: '_none_',
  docvalue_fields: withVector ? ['summary', 'rounded'] : ['summary'],
});

/** Each field has one value. */
const found = z.object({ summary: z.tuple([z.string()]), rounded: z.tuple([z.string()]).optional() });

export const summaryIn = ({ fields }: Hit): string => found.parse(fields).summary[0];

/** `similarityOf`: of a hit by its score; null unless it was found by meaning. */
export function passagesIn(
  hits: readonly Hit[],
  { asked, now }: Pick<Question, 'asked' | 'now'>,
  similarityOf: (score: number) => number | null = () => null,
): Passage[] {
  const at = milliseconds(now);
  return hits.map(({ fields, score }) => {
    const { summary, rounded: [rounded] = [null] } = found.parse(fields);
    return Object.assign(decodeSummary(summary[0], asked, at), { rounded, similarity: similarityOf(score) });
  });
}
