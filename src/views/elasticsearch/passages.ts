// The passages of a memory as they are indexed: its own words, what its neighbours lend, its vector.
import { contextWeights, mixVectors } from '../../text/context.ts';
import { attributesOf, milliseconds } from './attributes.ts';
import type { PassageDocument } from './documents.ts';
import type { Told } from './held.ts';
import { impactsOf } from './impacts.ts';
import { encodeSummary } from './summary.ts';
import { encodeRounded, encodeVector } from './vector-bytes.ts';
import { addWeights, TENTHS, type Weights } from './weights.ts';

/** `lenders`: whose words it has besides, nearest first; none for a memory of several passages. */
export function passageDocuments(
  { memory, analysis, held }: Told,
  lenders: readonly Told[],
  vectors: ReadonlyMap<string, Float32Array>,
): PassageDocument[] {
  const lent = lenders.flatMap((lender) => lender.analysis.passages[0]?.terms ?? []);
  const expiries = lenders.flatMap((lender) => lender.memory.expiresAt ?? []).map(milliseconds);
  const lentUntil = expiries.length > 0 ? Math.min(...expiries) : undefined;
  const previous = vectors.get(lenders[0]?.held.hashes[0] ?? '');
  const lentWeights: Weights = new Map();
  let lentLength = 0;
  for (const [i, counts] of lent.entries())
    lentLength += addWeights(lentWeights, counts, Math.round(TENTHS * (contextWeights[i] ?? 0)));
  const place = { memory: memory.id, recorded: held.recorded, passages: analysis.passages.length };
  const shared = {
    ...attributesOf(memory),
    ...place,
    ...(held.neighbours !== null && { neighbours: held.neighbours }),
  };
  return analysis.passages.map(({ start, end, terms, hash }, index) => {
    const own: Weights = new Map();
    const length = addWeights(own, terms, TENTHS) + addWeights(own, analysis.fields, TENTHS) + lentLength;
    // What is lent for good is as good as its own.
    const all = lentUntil === undefined ? own : new Map(own);
    addWeights(all, lentWeights, 1);
    const words = { words: own, ...(lentUntil !== undefined && { lent: lentWeights, lentUntil }) };
    const vector = vectors.get(hash);
    return {
      ...shared,
      index,
      hash,
      wanted: vector === undefined,
      terms: impactsOf(all, length),
      ...(lentUntil !== undefined && { own: impactsOf(own, length), lentUntil }),
      length,
      summary: encodeSummary({ ...place, ...words, index, start, end, length }),
      ...(vector && vectorFields(previous ? mixVectors(vector, previous) : vector)),
    };
  });
}

/** A vector of length 0 has no direction to be found by. */
function vectorFields(vector: Float32Array): { vector?: string; rounded: string } {
  const rounded = encodeRounded(vector);
  return vector.some((value) => value !== 0) ? { vector: encodeVector(vector), rounded } : { rounded };
}
