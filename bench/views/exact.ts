// Vectors compared one by one, exactly: the measure of recall, and a baseline.
import { VECTOR_CONTEXT } from '../../src/text/context.ts';
import { unit } from '../index/data.ts';
import { sessionOf } from './data.ts';

/** As the recipe has them: each with a part of the one before it in the session. */
export const withContext = (vectors: readonly Float32Array[]): Float32Array[] =>
  vectors.map((vector, number) => {
    const previous = vectors[number - 1];
    if (previous === undefined || sessionOf(number - 1) !== sessionOf(number)) return vector;
    return unit(vector.map((value, i) => value + VECTOR_CONTEXT * (previous[i] ?? 0)));
  });

/** The nearest of the allowed, best first. */
export function scan(
  question: Float32Array,
  allowed: readonly number[],
  vectors: readonly Float32Array[],
  count: number,
): number[] {
  const scored = allowed.map((number) => ({ number, cosine: dot(question, vectors[number] ?? question) }));
  return scored
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count)
    .map(({ number }) => number);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
