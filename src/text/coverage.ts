// BM25F over passages, as the share of a question that a passage accounts for.
// Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), sections 3.3–3.5;
// frequencies of all fields, context included, are weighted and added before saturation. A passage's length is the sum of
// these, and it counts as having a term that only its context has: without both, context does more harm than good.

/** How fast a repeated word stops counting. */
export const K1 = 0.9;
/** How much a longer passage is held back. */
export const B = 0.75;

/** What it is worth that a term is there, by how few of the passages have it. Never negative; highest for an unknown term. */
export const inverseDocumentFrequency = (passages: number, withTerm: number): number =>
  Math.log(1 + (passages - withTerm + 0.5) / (withTerm + 0.5));

/** 0 … 1: BM25's weight of a term before idf, over its limit k1 + 1. */
export const saturation = (frequency: number, length: number, meanLength: number): number =>
  frequency / (frequency + K1 * (1 - B + (B * length) / meanLength));

/**
 * BM25(question, passage) / Σ idf·(k1+1) over the question's distinct terms: in 0 … 1, and independent of what else was
 * found. Each term comes with its idf, and its saturation in the passage (0 where it is missing).
 */
export function coverage(terms: readonly { idf: number; saturation: number }[]): number {
  let found = 0;
  let asked = 0;
  for (const term of terms) {
    found += term.idf * term.saturation;
    asked += term.idf;
  }
  return asked === 0 ? 0 : found / asked;
}
