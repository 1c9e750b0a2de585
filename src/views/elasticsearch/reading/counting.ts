// Counts what statistics are made of, as far as it is not remembered.
import { milliseconds } from '../attributes.ts';
import type { ReaderContext } from '../reader-context.ts';
import { type Corpus, corpusOf } from './corpus.ts';
import type { Question } from './question.ts';
import type { Counted, Remembered } from './remembered.ts';
import { answerTo } from './searches.ts';
import { totalsOf, totalsSearch } from './totals.ts';
import { countsOf, countsSearch } from './word-counts.ts';

export type CountingContext = Pick<ReaderContext, 'elastic' | 'names'> & { remembered: Remembered };

/** Of so many, those with a word of the question are better looked for first. */
const MANY = 40_000;

export function corpusFor(context: CountingContext, question: Question): Promise<Corpus> {
  const known = context.remembered.recall(question);
  return known === null ? countAll(context, question) : countMissing(context, question, known);
}

async function countAll(context: CountingContext, question: Question): Promise<Corpus> {
  const { asked, now } = question;
  const wordsFirst = context.remembered.passagesOf(question) >= MANY;
  const count = async (exactly: boolean) => {
    const [all, words] = await Promise.all([
      answerTo(context, totalsSearch(question, exactly)),
      answerTo(context, countsSearch(question, asked.terms, { exactly, wordsFirst })),
    ]);
    return { totals: totalsOf(all), counts: countsOf(words) };
  };
  const { totals, counts } = await count(false);
  const known = context.remembered.remember(question, totals);
  if (totals.until <= milliseconds(now)) {
    const exact = await count(true);
    return corpusOf(exact.totals, exact.counts, true);
  }
  for (const [i, term] of asked.terms.entries()) known.counts.set(term, counts[i] ?? 0);
  return corpusOf(totals, counts);
}

async function countMissing(
  context: CountingContext,
  question: Question,
  { totals, counts }: Counted,
): Promise<Corpus> {
  const { terms } = question.asked;
  const found = new Map(terms.map((term) => [term, counts.get(term)]));
  const missing = terms.filter((term) => found.get(term) === undefined);
  if (missing.length > 0) {
    const how = { exactly: false, wordsFirst: totals.passages >= MANY };
    const words = await answerTo(context, countsSearch(question, missing, how));
    for (const [i, count] of countsOf(words).entries()) {
      const term = missing[i] ?? '';
      found.set(term, count);
      counts.set(term, count);
    }
  }
  return corpusOf(
    totals,
    terms.map((term) => found.get(term) ?? 0),
  );
}
