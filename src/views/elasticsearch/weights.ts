// How often a passage has each term, all fields and what neighbours lend, with their weights: what its coverage is
// counted from. The weights are tenths, so they are kept as whole numbers.
import type { TermCounts } from '../../text/analysis.ts';

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

/** A line each, in base64, as bytes are kept: hits are given them back faster than a source. */
export function encodeWeights(weights: Weights): string {
  let text = '';
  for (const [term, weight] of weights) text += `\n${term} ${weight}`;
  return Buffer.from(text).toString('base64');
}

/** Of a passage, as they are kept. */
export type KeptWeights = { weights: string; lentWeights?: string | undefined; lentUntil?: number | undefined };

export type DecodedWeights = string & { readonly [decoded]: true };
declare const decoded: unique symbol;

/**
 * What counts at `now`, in milliseconds: what a neighbour lent that has expired does not. A search reads hundreds of
 * them, for a few terms each: they stay a text.
 */
export function decodeWeights({ weights, lentWeights, lentUntil }: KeptWeights, now: number): DecodedWeights {
  const lent = lentWeights !== undefined && (lentUntil === undefined || lentUntil > now) ? lentWeights : '';
  return (Buffer.from(weights, 'base64').toString() + Buffer.from(lent, 'base64').toString()) as DecodedWeights;
}

/** In tenths; 0 for a term that is not there. No term has a space or ends a line. */
export function weightIn(weights: DecodedWeights, term: string): number {
  const start = `\n${term} `;
  let sum = 0;
  // Its own, and what is lent.
  for (let at = weights.indexOf(start); at >= 0; at = weights.indexOf(start, at + start.length))
    sum += Number.parseInt(weights.slice(at + start.length, at + start.length + 10), 10);
  return sum;
}
