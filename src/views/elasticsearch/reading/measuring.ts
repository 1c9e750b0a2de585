// What a memory is worth to a question, by the best of its passages: RETRIEVAL's two measures, and what is told of them.
import type { Candidate } from '../../view-store.ts';
import { weightIn } from '../weights.ts';
import { type Corpus, coverageOf, type Words } from './corpus.ts';
import type { Question } from './question.ts';

export type Passage = Words & {
  index: number;
  /** UTF-16 offsets into the content; null where the memory is but one passage. */
  span: [start: number, end: number] | null;
  /** null: there is none yet. */
  vector: Float32Array | null;
};

export type Measures = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'>;

/** How well a passage fits, to choose which one to show: the recipe's score, words that are missing counting nothing. */
const worth = (similarity: number | null, coverage: number | null): number =>
  (similarity ?? 0) + 4 * (coverage ?? 0) ** 2;

export function measure(passages: readonly Passage[], { terms, vector }: Question, corpus: Corpus): Measures {
  const words = terms?.map(({ term }) => term) ?? [];
  const measures: Measures = { similarity: null, coverage: null, matchedTerms: [], passage: null };
  let bestWorth = Number.NEGATIVE_INFINITY;
  let best: Passage | null = null;
  for (const passage of passages.toSorted((a, b) => a.index - b.index)) {
    const similarity = vector === null || passage.vector === null ? null : dot(vector, passage.vector);
    const coverage = terms === null ? null : coverageOf(passage, words, corpus);
    if (similarity !== null && (measures.similarity === null || similarity > measures.similarity))
      measures.similarity = similarity;
    if (coverage !== null && (measures.coverage === null || coverage > measures.coverage)) {
      measures.coverage = coverage;
      best = passage;
    }
    if (worth(similarity, coverage) > bestWorth) {
      bestWorth = worth(similarity, coverage);
      measures.passage = passage.span;
    }
  }
  for (const { term, word } of terms ?? [])
    if (best !== null && weightIn(best.weights, term) > 0) measures.matchedTerms.push(word);
  return measures;
}

/** Of vectors of length 1: their cosine. */
function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
