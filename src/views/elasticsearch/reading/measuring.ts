// What a memory is worth to a question, and what is told of it.
import { bestPassage } from '../../../text/best-passage.ts';
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

export type Measured = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'>;

/** `cosine`: of the question and a vector in base64, both of length 1; null when meaning is not asked for. */
export function measure(
  passages: readonly Passage[],
  { terms }: Pick<Question, 'terms'>,
  cosine: ((bits: string) => number) | null,
  corpus: Corpus,
): Measured {
  const words = terms?.map(({ term }) => term) ?? [];
  const ordered = passages.toSorted((a, b) => a.index - b.index);
  const { similarity, coverage, byWords, shown } = bestPassage(
    ordered.map((passage) => ({
      similarity: cosine === null || passage.bits === null ? null : cosine(passage.bits),
      coverage: terms === null ? null : coverageOf(passage, words, corpus),
    })),
  );
  const worded = byWords === null ? undefined : ordered[byWords];
  const matched = worded === undefined ? [] : (terms ?? []).filter(({ term }) => weightIn(worded.weights, term) > 0);
  return {
    similarity,
    coverage,
    matchedTerms: matched.map(({ word }) => word),
    passage: ordered[shown]?.span ?? null,
  };
}
