// Counts what statistics are made of, as far as it is not remembered.
import { milliseconds } from '../attributes.ts';
import type { ReaderContext } from '../reader-context.ts';
import { type Corpus, corpusOf, NO_CORPUS } from './corpus.ts';
import type { Question } from './question.ts';
import type { Counted, Remembered } from './remembered.ts';
import { answerTo } from './searches.ts';
import { totalsOf, totalsSearch } from './totals.ts';
import { FEW, vocabularyOf, vocabularySearch } from './vocabulary.ts';
import { countsOf, countsSearch } from './word-counts.ts';

export type CountingContext = Pick<ReaderContext, 'elastic' | 'names'> & { remembered: Remembered };

/** Of so many passages, those with a word of the question are better looked for first. */
const MANY = 40_000;

/** To count all words of a reader of few passages takes about as long as to count those of so many questions. */
const OFTEN = 16;

export async function corpusFor(context: CountingContext, question: Question): Promise<Corpus> {
  if (question.asked.terms.length === 0) return NO_CORPUS;
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
  known.learn(new Map(asked.terms.map((term, i) => [term, counts[i] ?? 0])));
  return corpusOf(totals, counts);
}

async function countMissing(context: CountingContext, question: Question, known: Counted): Promise<Corpus> {
  const { terms } = question.asked;
  const { totals } = known;
  const counts = terms.map(known.withTerm);
  const missing = terms.filter((_, i) => counts[i] === undefined);
  const added = await countWords(context, question, missing, totals.passages >= MANY);
  if (added.size > 0) {
    known.learn(added);
    if (known.learnt() === OFTEN && totals.passages <= FEW)
      countVocabulary(context, question, known).catch(() => {
        // No question waits for it: the next ones ask for their words as this one did.
      });
  }
  return corpusOf(
    totals,
    terms.map((term, i) => counts[i] ?? added.get(term) ?? 0),
  );
}

async function countWords(
  context: CountingContext,
  question: Question,
  terms: readonly string[],
  wordsFirst: boolean,
): Promise<ReadonlyMap<string, number>> {
  if (terms.length === 0) return new Map();
  const counts = countsOf(await answerTo(context, countsSearch(question, terms, { exactly: false, wordsFirst })));
  return new Map(terms.map((term, i) => [term, counts[i] ?? 0]));
}

async function countVocabulary(context: CountingContext, question: Question, known: Counted): Promise<void> {
  const { hits } = await answerTo(context, vocabularySearch(question));
  // Else something was written meanwhile.
  const vocabulary = hits.length === known.totals.passages ? vocabularyOf(hits) : null;
  if (vocabulary !== null) known.learnAll(vocabulary);
}
