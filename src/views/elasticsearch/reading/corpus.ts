// How telling each word of a question is to its reader: statistics over the passages that the reader may read, and no
// others, so that no score says anything about the rest.
import { coverage, inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import type { Summary } from '../summary.ts';
import { TENTHS } from '../weights.ts';
import type { Totals } from './totals.ts';

export type Corpus = {
  /** Of each of the question's terms, in order. */
  idfs: readonly number[];
  passages: number;
  /** In words, as they are weighted. */
  meanLength: number;
  /** Some passages may have words that are lent no more, or be there though they have expired. */
  lapsed: boolean;
};

export const NO_CORPUS: Corpus = { passages: 0, idfs: [], meanLength: 1, lapsed: false };

/** `counts`: how many passages have each term. */
export const corpusOf = (
  { passages, meanLength }: Totals,
  counts: readonly number[],
  lapsed: boolean = false,
): Corpus => ({
  idfs: counts.map((withTerm) => inverseDocumentFrequency(passages, Math.min(withTerm, passages))),
  passages,
  meanLength,
  lapsed,
});

export const coverageOf = ({ weights, length }: Pick<Summary, 'weights' | 'length'>, corpus: Corpus): number =>
  coverage(
    weights.map((weight, i) => ({
      idf: corpus.idfs[i] ?? 0,
      saturation: saturation(weight / TENTHS, length / TENTHS, corpus.meanLength),
    })),
  );
