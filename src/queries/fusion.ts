// How a candidate's two measures make one number, and the order of the answer.
import { fuse, type Measures } from '../text/best-passage.ts';
import type { SearchMode } from '../views/view-store.ts';

/**
 * What a candidate's measures are worth in a mode, before decay and effectiveness; null: it is no hit. A similarity
 * below `minScore` does not count: such a candidate can only be found by its words.
 */
export function scoreOf({ similarity, coverage }: Measures, mode: SearchMode, minScore: number | null): number | null {
  const near = minScore === null || (similarity ?? -1) >= minScore ? similarity : null;
  const words = coverage ?? 0;
  switch (mode) {
    case 'SEMANTIC':
      return near;
    case 'KEYWORD':
      return words > 0 ? words : null;
    case 'HYBRID':
      return near === null && words === 0 ? null : fuse(near ?? 0, words);
  }
}

type Ranked = { score: number; memory: { createdAt: string; id: string } };

/** Best first; of equals the newest, and of those by id: the same question has the same answer. */
export const byScore = (a: Ranked, b: Ranked): number =>
  b.score - a.score || descending(a.memory.createdAt, b.memory.createdAt) || descending(a.memory.id, b.memory.id);

const descending = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);
