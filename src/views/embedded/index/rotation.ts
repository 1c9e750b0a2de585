// The tables of the fixed random rotation that the kernel applies (assembly/kernel.ts says what it is and why).

/** In whole SIMD registers of the narrowest kind, four times over. */
const GRAIN = 64;
const ROUNDS = 3;

/** Part of what makes scores equal on every machine: never changed. */
const SEED = 1;

export type Rotation = {
  /** The vectors' dimensions, filled up with zeros to a multiple of 64. */
  dimensions: number;
  /** The largest power of two that divides them. */
  block: number;
  signs: Float32Array;
  permutations: Uint16Array;
};

export function createRotation(vectorDimensions: number): Rotation {
  const dimensions = Math.ceil(vectorDimensions / GRAIN) * GRAIN;
  const block = dimensions & -dimensions;
  const signs = new Float32Array(ROUNDS * dimensions);
  const permutations = new Uint16Array(ROUNDS * dimensions);
  const random = lcg(SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const from = round * dimensions;
    for (let i = 0; i < dimensions; i++) signs[from + i] = (random() < 0.5 ? -1 : 1) / Math.sqrt(block);
    permutations.set(shuffled(dimensions, random), from);
  }
  return { dimensions, block, signs, permutations };
}

/** Numerical Recipes' linear congruential generator: 0 ≤ x < 1. */
function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fisher–Yates. */
function shuffled(length: number, random: () => number): Uint16Array {
  const order = Uint16Array.from({ length }, (_, index) => index);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
