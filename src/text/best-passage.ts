// What a memory is worth to a question: RETRIEVAL.md's two measures, each of its best passage, on every profile.

/** What a question's words weigh against its meaning. Measured, on dialogues (bench/locomo.ts) and on paraphrases. */
const WORDS = 4;

/**
 * similarity + 4 · coverage². The square lets a memory that accounts for most of the question stand above all that
 * shares a common word with it. Convex combination of channels, not of ranks: S. Bruch, S. Gai, A. Ingber, "An Analysis
 * of Fusion Functions for Hybrid Retrieval", ACM TOIS 42 (2023).
 */
export const fuse = (similarity: number, coverage: number): number => similarity + WORDS * coverage ** 2;

/** As exactly as vectors are kept: what is nearer to none at all is none, so that `minScore: 0` means the same everywhere. */
const LEAST_SIMILARITY = 1e-4;

/** null: meaning or words were not asked for, or the passage has no vector yet. */
export type Measures = { similarity: number | null; coverage: number | null };

export type BestPassage = Measures & {
  /** The index of the passage that has the coverage; null without one. */
  byWords: number | null;
  /** The index of the one to show, which fits best by both together, what is missing counting nothing. */
  shown: number;
};

/** Of equals the first. */
export function bestPassage(passages: readonly Measures[]): BestPassage {
  const best: BestPassage = { similarity: null, coverage: null, byWords: null, shown: 0 };
  let worth = Number.NEGATIVE_INFINITY;
  for (const [index, { similarity: kept, coverage }] of passages.entries()) {
    const similarity = kept !== null && Math.abs(kept) < LEAST_SIMILARITY ? 0 : kept;
    if (similarity !== null && (best.similarity === null || similarity > best.similarity)) best.similarity = similarity;
    if (coverage !== null && (best.coverage === null || coverage > best.coverage)) {
      best.coverage = coverage;
      best.byWords = index;
    }
    const fused = fuse(similarity ?? 0, coverage ?? 0);
    if (fused <= worth) continue;
    worth = fused;
    best.shown = index;
  }
  return best;
}
