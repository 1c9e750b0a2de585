// What each word of a passage says of it, as Elasticsearch indexes it: a passage is found by the sum over the question's
// words of this and of how telling the word is to the reader. Statistics of the server's own, which are over everybody's
// passages, have no part in it.
// Source: V. N. Anh, A. Moffat, "Pruned Query Evaluation Using Pre-Computed Impacts", SIGIR 2006.
import { saturation } from '../../text/coverage.ts';
import { TENTHS, type Weights } from './weights.ts';

/** term → its saturation in the passage, in thousandths, at least 1. */
export type Impacts = Record<string, number>;

const THOUSANDTHS = 1_000;

/** A reader's own mean is not known here; about that of messages in a conversation, in words. */
const MEAN_LENGTH = 36;

/** How far a reader's own mean is from what impacts are made for, in doublings: the further, the less alike they rank. */
export const offBy = (meanLength: number): number => Math.abs(Math.log2(meanLength / MEAN_LENGTH));

/** `length` in tenths, as weights are. */
export function impactsOf(weights: Weights, length: number): Impacts {
  const impacts: Impacts = {};
  for (const [term, weight] of weights) {
    const worth = saturation(weight / TENTHS, length / TENTHS, MEAN_LENGTH);
    impacts[term] = Math.max(1, Math.round(THOUSANDTHS * worth));
  }
  return impacts;
}
