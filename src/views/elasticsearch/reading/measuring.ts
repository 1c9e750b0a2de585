// What a memory is worth to a question, and what is told of it.
import { type BestPassage, bestPassage } from '../../../text/best-passage.ts';
import type { Candidate } from '../../view-store.ts';
import { dotWith } from '../vector-bytes.ts';
import { type Corpus, coverageOf } from './corpus.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';

export type Measured = BestPassage & {
  memory: string;
  /** In their order. */
  passages: readonly Passage[];
};

export type Measure = (memory: string, passages: readonly Passage[], corpus: Corpus) => Measured;

export function measureFor({ words, vector }: Pick<Question, 'words' | 'vector'>): Measure {
  const cosine = vector === null ? null : dotWith(vector);
  return (memory, passages, corpus) => {
    const ordered = passages.toSorted((a, b) => a.index - b.index);
    const best = bestPassage(
      ordered.map((passage) => ({
        similarity:
          passage.similarity ?? (cosine === null || passage.rounded === null ? null : cosine(passage.rounded)),
        coverage: words === null ? null : coverageOf(passage, corpus),
      })),
    );
    return { ...best, memory, passages: ordered };
  };
}

export type Told = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'>;

export function tell({ similarity, coverage, byWords, shown, passages }: Measured, words: Question['words']): Told {
  const weights = byWords === null ? [] : (passages[byWords]?.weights ?? []);
  const best = passages[shown];
  return {
    similarity,
    coverage,
    matchedTerms: (words ?? []).filter((_, i) => (weights[i] ?? 0) > 0).map(({ word }) => word),
    passage: best === undefined || best.passages === 1 ? null : [best.start, best.end],
  };
}
