// Vectors of texts, by the hash of the text: kept apart from the passages, so that the same text is embedded once.
import QuickLru from 'quick-lru';
import { z } from 'zod';
import { failure } from '../../domain/failure.ts';
import { openBulk } from './bulk.ts';
import type { Elastic } from './client.ts';
import { fetchSources } from './fetching.ts';
import type { Names } from './names.ts';
import { decodeVector, encodeVector } from './vector-bytes.ts';

export type KeptVector = { hash: string; vector: Float32Array };

export type Vectors = {
  /** Fails with INVALID_INPUT for what cannot be kept. */
  check(vector: Float32Array): void;
  /** Those that are kept. */
  find(hashes: Iterable<string>): Promise<Map<string, Float32Array>>;
  /** They are found from now on, and kept when it resolves. */
  put(vectors: readonly KeptVector[]): Promise<void>;
  remove(hashes: readonly string[]): Promise<void>;
  clear(): void;
};

/** Of vectors in memory. */
const MOST_BYTES = 16_000_000;
const source = z.object({ vector: z.string() });

export function createVectors(elastic: Elastic, names: Names, dimensions: number): Vectors {
  /** null: there is none. */
  const known = new QuickLru<string, Float32Array | null>({ maxSize: Math.ceil(MOST_BYTES / (4 * dimensions)) });

  return {
    check(vector) {
      const details = { field: 'vector', limit: dimensions };
      if (vector.length !== dimensions)
        throw failure('INVALID_INPUT', `a vector must have ${dimensions} dimensions`, details);
      if (!vector.every(Number.isFinite))
        throw failure('INVALID_INPUT', 'a vector must be made of finite numbers', details);
    },

    async find(hashes) {
      const found = new Map<string, Float32Array>();
      const missing: string[] = [];
      for (const hash of new Set(hashes)) {
        const vector = known.get(hash);
        if (vector === undefined) missing.push(hash);
        else if (vector !== null) found.set(hash, vector);
      }
      const places = missing.map((hash) => ({ index: names.alias('vectors'), id: hash }));
      const sources = await fetchSources(elastic, places, { what: 'the vectors cannot be read' });
      for (const [i, hash] of missing.entries()) {
        const vector = sources[i] === undefined ? null : decodeVector(source.parse(sources[i]).vector);
        known.set(hash, vector);
        if (vector !== null) found.set(hash, vector);
      }
      return found;
    },

    async put(vectors) {
      for (const { hash, vector } of vectors) known.set(hash, vector.slice());
      const bulk = openBulk(elastic, names);
      try {
        for (const { hash, vector } of vectors)
          await bulk.add({ index: 'vectors', id: hash, document: { hash, vector: encodeVector(vector) } });
        await bulk.end();
      } catch (error) {
        for (const { hash } of vectors) known.delete(hash);
        throw error;
      }
    },

    async remove(hashes) {
      const bulk = openBulk(elastic, names);
      for (const hash of hashes) await bulk.add({ index: 'vectors', id: hash, document: null });
      await bulk.end();
      for (const hash of hashes) known.delete(hash);
    },

    clear: () => known.clear(),
  };
}
