// Keeps the search index, the texts that want a vector and the kept vectors in step with the documents.
import type { Instant } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import { contextKey } from '../../text/context.ts';
import type { SearchIndex } from './index/types.ts';
import { createTexts, type Texts } from './texts.ts';
import type { VectorsFile } from './vectors-file.ts';

export type Indexing = {
  texts: Texts;
  /** `analysis` in bytes. Gives back the hashes of texts that are gone with the memory's former text. */
  put(number: number, memory: Memory, analysis: Uint8Array): string[];
  remove(number: number): string[];
  /** Takes what has expired at `now` out of the index. Its vectors are kept until its rows go. */
  expire(now: Instant): void;
};

export function createIndexing(index: SearchIndex, vectors: VectorsFile): Indexing {
  const texts = createTexts(index);

  /** The texts of what is out of the index while its rows are there still. */
  const expired = new Map<number, string[]>();

  function hashesBefore(number: number): string[] {
    const hashes = expired.get(number) ?? index.hashesOf(number);
    expired.delete(number);
    return hashes;
  }

  /** Those of the hashes that no memory has any more. */
  function goneOf(hashes: readonly string[]): string[] {
    const gone = hashes.filter((hash) => !texts.has(hash));
    for (const hash of gone) texts.release(hash);
    return gone;
  }

  return {
    texts,
    put(number, memory, analysis) {
      const before = hashesBefore(number);
      const { tenant, agent, scope, sharedWith, namespace, deprecation, occurredAt, expiresAt } = memory;
      const missing = index.put({
        number,
        bucket: { tenant, agent, scope, sharedWith, namespace, deprecated: deprecation !== null },
        contextKey: contextKey(memory),
        occurredAt,
        position: positionOf(number),
        expiresAt,
        analysis,
      });
      for (const hash of new Set(missing)) {
        const vector = vectors.get(hash);
        if (vector === null) texts.want(hash);
        else index.setVector(hash, vector);
      }
      return goneOf(before);
    },
    remove(number) {
      const before = hashesBefore(number);
      index.remove(number);
      return goneOf(before);
    },
    expire(now) {
      for (const { number, hashes } of index.expire(now)) {
        expired.set(number, hashes);
        goneOf(hashes);
      }
    },
  };
}

/** Numbers are given in the order in which the memories were recorded. */
export const positionOf = (number: number): string => String(number).padStart(10, '0');
