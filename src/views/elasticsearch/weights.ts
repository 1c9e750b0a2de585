// How often a passage has each term, all fields and what neighbours lend, with their weights. The weights are tenths, so
// they are kept as whole numbers.
import type { TermCounts } from '../../text/analysis.ts';

export const TENTHS = 10;

/** term → tenths. */
export type Weights = Map<string, number>;

/** `weight` in tenths. */
export function addWeights(to: Weights, counts: TermCounts, weight: number): void {
  for (const [term, count] of counts) to.set(term, (to.get(term) ?? 0) + weight * count);
}

export function lengthOf(weights: Weights): number {
  let length = 0;
  for (const weight of weights.values()) length += weight;
  return length;
}
