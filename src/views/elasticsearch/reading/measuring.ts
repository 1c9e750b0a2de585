// What a memory is worth to a question, by the best of its passages: RETRIEVAL's two measures, and what is told of them.
import type { Candidate } from '../../view-store.ts';
import { weightIn } from '../weights.ts';
import { type Corpus, coverageOf, type Words } from './corpus.ts';
import type { Question } from './question.ts';

export type Passage = Words & {
  index: number;
  /** UTF-16 offsets into the content; null where the memory is but one passage. */
  span: [start: number, end: number] | null;
  /** Its vector; null: there is none yet. */
  bits: string | null;
};

export type Measures = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'>;

/** How well a passage fits, to choose which one to show: the recipe's score, words that are missing counting nothing. */
const worth = (similarity: number | null, coverage: number | null): number =>
  (similarity ?? 0) + 4 * (coverage ?? 0) ** 2;

/** `cosine`: of the question and a vector in base64, both of length 1; null when meaning is not asked for. */
export function measure(
  passages: readonly Passage[],
  { terms }: Pick<Question, 'terms'>,
  cosine: ((bits: string) => number) | null,
  corpus: Corpus,
): Measures {
  const words = terms?.map(({ term }) => term) ?? [];
  const measures: Measures = { similarity: null, coverage: null, matchedTerms: [], passage: null };
  let bestWorth = Number.NEGATIVE_INFINITY;
  let best: Passage | null = null;
  for (const passage of passages.toSorted((a, b) => a.index - b.index)) {
    const similarity = cosine === null || passage.bits === null ? null : cosine(passage.bits);
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
