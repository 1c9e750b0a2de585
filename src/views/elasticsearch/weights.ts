// How often a passage has each term, all fields and what neighbours lend, with their weights. The weights are tenths, so
// they are kept as whole numbers.
import type { TermCounts } from '../../text/analysis.ts';

export const TENTHS = 10;

/** term → tenths. */
export type Weights = Map<string, number>;

/** `weight` in tenths. Gives back how much was added. */
export function addWeights(to: Weights, counts: TermCounts, weight: number): number {
  const isFirst = to.size === 0;
  let added = 0;
  for (const [term, count] of counts) {
    const more = weight * count;
    to.set(term, isFirst ? more : (to.get(term) ?? 0) + more);
    added += more;
  }
  return added;
}
