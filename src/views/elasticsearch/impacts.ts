// A passage's words as they are indexed: each as it is, to be counted, and with how much it says of the passage in a few
// levels, to be found by. So the best passages for a question are chosen by nothing but what they say and how telling its
// words are to the reader: statistics of Elasticsearch, which are over everybody's passages, have no part in it.
// Source: V. N. Anh, A. Moffat, "Pruned Query Evaluation Using Pre-Computed Impacts", SIGIR 2006.
import { saturation } from '../../text/coverage.ts';
import { TENTHS, type Weights } from './weights.ts';

/** Each stands for a range of saturation, three quarters as high as the one before: they tell long passages apart too. */
const LEVELS = 7;
const HIGHEST = 0.75;
const RATIO = 0.75;

/** A reader's own mean is not known here; about that of short messages, in words. */
const MEAN_LENGTH = 30;

/** No term has it. */
const MARK = '|';

/** `length` in tenths, as weights are. */
export const impactWords = (weights: Weights, length: number): string =>
  wordsOf(weights, (weight) => shareOf(weight, length));

/** How much words that are lent add to a passage's own. */
export const lentImpactWords = (lent: Weights, own: Weights, length: number): string =>
  wordsOf(lent, (weight, term) => {
    const already = own.get(term) ?? 0;
    return shareOf(already + weight, length) - shareOf(already, length);
  });

/** As they may be indexed for a term, each with the share of the term's worth that it stands for. */
export const impactsOf = (term: string): { word: string; share: number }[] =>
  Array.from({ length: LEVELS }, (_, level) => ({
    word: term + MARK + level,
    share: HIGHEST * RATIO ** (level + 0.5),
  }));

const shareOf = (weight: number, length: number): number => saturation(weight / TENTHS, length / TENTHS, MEAN_LENGTH);

function wordsOf(weights: Weights, share: (weight: number, term: string) => number): string {
  let words = '';
  for (const [term, weight] of weights) {
    words += `${words === '' ? '' : ' '}${term} ${term}${MARK}${levelOf(share(weight, term))}`;
  }
  return words;
}

const levelOf = (share: number): number =>
  Math.max(0, Math.min(LEVELS - 1, Math.floor(Math.log(share / HIGHEST) / Math.log(RATIO))));
