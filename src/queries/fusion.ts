// How a candidate's two measures make one number, and the order of the answer.
import type { Candidate, SearchMode } from '../views/view-store.ts';

type Measures = Pick<Candidate, 'similarity' | 'coverage'>;

/** What a question's words weigh against its meaning. Measured, on dialogues (bench/locomo.ts) and on paraphrases. */
const WORDS = 4;

/**
 * similarity + 4 · coverage². The square lets a memory that accounts for most of the question stand above all that
 * shares a common word with it. Convex combination of channels, not of ranks: S. Bruch, S. Gai, A. Ingber, "An Analysis
 * of Fusion Functions for Hybrid Retrieval", ACM TOIS 42 (2023).
 */
export const fuse = (similarity: number, coverage: number): number => similarity + WORDS * coverage ** 2;

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
