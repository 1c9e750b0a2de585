// The passages of a memory as they are indexed: its own words, what its neighbours lend, its vector.
import type { TermCounts } from '../../text/analysis.ts';
import { contextWeights, mixVectors } from '../../text/context.ts';
import { attributesOf, milliseconds } from './attributes.ts';
import type { PassageDocument } from './documents.ts';
import type { Told } from './held.ts';
import { encodeVector } from './vector-bytes.ts';
import { addWeights, encodeWeights, lengthOf, type Weights } from './weights.ts';

/** How often a word that is lent is indexed, by who lends it: about as `contextWeights` are to each other. */
const LENT_TIMES = [3, 2, 1] as const;

/** What once in `lent` is worth: the first of `contextWeights` is the first of `LENT_TIMES`. */
export const LENT_WEIGHT = contextWeights[0] / LENT_TIMES[0];

/** `lenders`: whose words it has besides, nearest first; none for a memory of several passages. */
export function passageDocuments(
  { memory, analysis, held }: Told,
  lenders: readonly Told[],
  vectors: ReadonlyMap<string, Float32Array>,
): PassageDocument[] {
  const lent = lenders.flatMap((lender) => lender.analysis.passages[0]?.terms ?? []);
  const lentUntil = lenders.flatMap((lender) => lender.memory.expiresAt ?? []).map(milliseconds);
  const previous = vectors.get(lenders[0]?.held.hashes[0] ?? '');
  const lentWeights: Weights = new Map();
  for (const [i, counts] of lent.entries()) addWeights(lentWeights, counts, Math.round(10 * (contextWeights[i] ?? 0)));
  const lentLength = lengthOf(lentWeights);
  const shared = {
    ...attributesOf(memory),
    recorded: held.recorded,
    passages: analysis.passages.length,
    ...(held.neighbours !== null && { neighbours: held.neighbours }),
    ...(lent.length > 0 && {
      lent: lent.map((counts, i) => repeated(counts, LENT_TIMES[i] ?? 0)).join(' '),
      lentWeights: encodeWeights(lentWeights),
    }),
    ...(lentUntil.length > 0 && { lentUntil: Math.min(...lentUntil) }),
  };
  return analysis.passages.map(({ start, end, terms, hash }, index) => {
    const weights: Weights = new Map();
    addWeights(weights, terms, 10);
    addWeights(weights, analysis.fields, 10);
    const vector = vectors.get(hash);
    return {
      ...shared,
      index,
      start,
      end,
      hash,
      wanted: vector === undefined,
      terms: `${repeated(terms, 1)} ${repeated(analysis.fields, 1)}`,
      weights: encodeWeights(weights),
      length: lengthOf(weights) + lentLength,
      ...(vector && vectorFields(previous ? mixVectors(vector, previous) : vector)),
    };
  });
}

/** Each term as often as it counts, so many times. */
function repeated(counts: TermCounts, times: number): string {
  let words = '';
  for (const [term, count] of counts) for (let n = 0; n < count * times; n++) words += words === '' ? term : ` ${term}`;
  return words;
}

/** A vector of length 0 has no direction to be found by. */
function vectorFields(vector: Float32Array): { vector?: string; bits: string } {
  const bits = encodeVector(vector);
  return vector.some((value) => value !== 0) ? { vector: bits, bits } : { bits };
}
