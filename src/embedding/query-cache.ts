// Questions come again: their vectors are kept, and the same question asked twice at once is embedded once.
import { hash } from 'node:crypto';
import QuickLRU from 'quick-lru';
import type { Embedder } from './embedder.ts';

export type EmbedQuery = (text: string) => Promise<Float32Array>;

/** Between so many and twice as many vectors are kept, the ones used last. */
const KEPT = 2000;

export function createQueryEmbedder(embedder: Pick<Embedder, 'embed'>, kept: number = KEPT): EmbedQuery {
  const vectors = new QuickLRU<string, Float32Array>({ maxSize: kept });
  const underWay = new Map<string, Promise<Float32Array>>();

  async function embed(key: string, text: string): Promise<Float32Array> {
    const [vector] = await embedder.embed([text], 'query');
    if (!vector) throw new Error('the embedder gave no vector');
    vectors.set(key, vector);
    return vector;
  }

  return async (text) => {
    // A question may be long, its hash is not.
    const key = hash('sha256', text);
    const known = vectors.get(key) ?? underWay.get(key);
    if (known !== undefined) return known;
    const made = embed(key, text).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  };
}
