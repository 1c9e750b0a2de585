// An embedder for tests: instant, deterministic, no model. Texts that share words are near.
import { stemmer } from 'stemmer';
import { failure } from '../../src/domain/failure.ts';
import type { Embedder } from '../../src/embedding/embedder.ts';

export type HashEmbedder = Embedder & {
  /** Calls of `embed` so far, and the texts they carried. */
  calls(): number;
  texts(): readonly string[];
  /** Every call from now on rejects with this; null: works again. */
  failWith(error: Error | null): void;
  /** Calls from now on wait until the function that is returned is called. */
  stall(): () => void;
};

/**
 * To ask for a least similarity: of hashed words it is often 0.2 itself, where rounding decides on which side it is, and
 * hardly ever so near to this.
 */
export const LEAST_SIMILARITY = 0.2137;

export type HashEmbedderOptions = { dimensions?: number; model?: string; batch?: number };

export function createHashEmbedder(options: HashEmbedderOptions = {}): HashEmbedder {
  const { dimensions = 384, model = 'hashed-words', batch = 16 } = options;
  const seen: string[] = [];
  const closing = Promise.withResolvers<never>();
  closing.promise.catch(() => {});
  let calls = 0;
  let broken: Error | null = null;
  let gate: Promise<void> = Promise.resolve();

  return {
    model,
    dimensions,
    batch,
    async embed(texts) {
      calls++;
      seen.push(...texts);
      await Promise.race([closing.promise, gate]);
      if (broken) throw broken;
      return texts.map((text) => hashVector(text, dimensions));
    },
    async close() {
      closing.reject(failure('UNAVAILABLE', 'the embedder is closed'));
    },
    calls: () => calls,
    texts: () => seen,
    failWith(error) {
      broken = error;
    },
    stall() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

/** Each word's stem adds ±1 in four places; the sum, scaled to length 1. */
export function hashVector(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const stems = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']).map(stemmer);
  for (const stem of stems) for (let place = 0; place < 4; place++) addAt(vector, fnv1a(`${place}${stem}`));
  if (vector.every((value) => value === 0)) vector[0] = 1;
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function addAt(vector: Float32Array, hash: number): void {
  const place = (hash >>> 1) % vector.length;
  vector[place] = (vector[place] ?? 0) + (hash & 1 ? 1 : -1);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash ^ (hash >>> 15);
}
