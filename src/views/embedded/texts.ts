// Which texts current memories have, by hash, and which of them still want a vector.
import type { SearchIndex } from './index/types.ts';

export type Texts = {
  has(hash: string): boolean;
  /** A memory that has the text. */
  holder(hash: string): number | undefined;
  want(hash: string): void;
  /** It has its vector, or is gone. */
  release(hash: string): void;
  /** In the order they were wanted. */
  wanted(limit: number): string[];
  wantedCount(): number;
};

export function createTexts(index: SearchIndex): Texts {
  const wanted = new Set<string>();

  return {
    has: (hash) => index.holder(hash) !== undefined,
    holder: index.holder,
    want: (hash) => void wanted.add(hash),
    release: (hash) => void wanted.delete(hash),
    wanted(limit) {
      const first: string[] = [];
      for (const hash of wanted) {
        if (first.length >= limit) break;
        first.push(hash);
      }
      return first;
    },
    wantedCount: () => wanted.size,
  };
}
