// The passages of a memory as they are indexed: its own words, what its neighbours lend, its vector.
import { contextWeights, mixVectors } from '../../text/context.ts';
import { attributesOf, milliseconds } from './attributes.ts';
import type { PassageDocument } from './documents.ts';
import type { Told } from './held.ts';
import { encodeVector } from './vector-bytes.ts';
import { encodeWeights, weightsOf } from './weights.ts';

/** `lenders`: whose words it has besides, nearest first; none for a memory of several passages. */
export function passageDocuments(
  { memory, analysis, held }: Told,
  lenders: readonly Told[],
  vectors: ReadonlyMap<string, Float32Array>,
): PassageDocument[] {
  const attributes = attributesOf(memory);
  const lent = lenders.map(
    ({ analysis: { passages } }, i) => [passages[0]?.terms ?? new Map(), contextWeights[i] ?? 0] as const,
  );
  const lentUntil = lenders.flatMap((lender) => lender.memory.expiresAt ?? []).map(milliseconds);
  const previous = vectors.get(lenders[0]?.held.hashes[0] ?? '');
  const shared = {
    ...attributes,
    recorded: held.recorded,
    passages: analysis.passages.length,
    ...(held.neighbours !== null && { neighbours: held.neighbours }),
    ...(lent.length > 0 && { lent: repeated(weightsOf(lent).tenths) }),
    ...(lentUntil.length > 0 && { lentUntil: Math.min(...lentUntil) }),
  };
  return analysis.passages.map(({ start, end, terms, hash }, index) => {
    const own = weightsOf([
      [terms, 1],
      [analysis.fields, 1],
    ]);
    const all = weightsOf([[terms, 1], [analysis.fields, 1], ...lent]);
    const vector = vectors.get(hash);
    return {
      ...shared,
      index,
      start,
      end,
      hash,
      wanted: vector === undefined,
      terms: repeated(own.tenths, 10),
      weights: encodeWeights(all),
      length: all.length,
      ...(vector && vectorFields(previous ? mixVectors(vector, previous) : vector)),
    };
  });
}

/** Each term as often as it weighs, in units of `tenths`. */
function repeated(weights: ReadonlyMap<string, number>, tenths = 1): string {
  const words: string[] = [];
  for (const [term, weight] of weights) for (let n = 0; n < weight; n += tenths) words.push(term);
  return words.join(' ');
}

/** A vector of length 0 has no direction to be found by. */
function vectorFields(vector: Float32Array): { vector?: string; bits: string } {
  const bits = encodeVector(vector);
  return vector.some((value) => value !== 0) ? { vector: bits, bits } : { bits };
}
