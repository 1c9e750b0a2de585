// What a memory is worth to a question, and what is told of it.
import { bestPassage } from '../../../text/best-passage.ts';
import type { Candidate } from '../../view-store.ts';
import { weightIn } from '../summary.ts';
import { type Corpus, coverageOf } from './corpus.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';

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
      similarity: passage.similarity ?? (cosine === null || passage.bits === null ? null : cosine(passage.bits)),
      coverage: passage.coverage ?? (terms === null ? null : coverageOf(passage, words, corpus)),
    })),
  );
  const worded = byWords === null ? undefined : ordered[byWords];
  const matched = worded === undefined ? [] : (terms ?? []).filter(({ term }) => weightIn(worded, term) > 0);
  const best = ordered[shown];
  return {
    similarity,
    coverage,
    matchedTerms: matched.map(({ word }) => word),
    passage: best === undefined || best.passages === 1 ? null : [best.start, best.end],
  };
}
