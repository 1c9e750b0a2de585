// Counts what statistics are made of, as far as it is not remembered.
import { createHash } from 'node:crypto';
import { milliseconds } from '../attributes.ts';
import type { ReaderContext } from '../reader-context.ts';
import { type Corpus, corpusOf, NO_CORPUS } from './corpus.ts';
import type { Question } from './question.ts';
import type { Asking, Counted, Remembered } from './remembered.ts';
import { answerTo } from './searches.ts';
import { totalsOf, totalsSearch } from './totals.ts';
import { FEW, vocabularyOf, vocabularySearch } from './vocabulary.ts';
import { countsOf, countsSearch, type How } from './word-counts.ts';

export type CountingContext = Pick<ReaderContext, 'elastic' | 'names'> & { remembered: Remembered };

/** Of so many passages, those with a word of the question are better looked for first. */
const MANY = 40_000;

/** To count all words of a reader of few passages takes about as long as to count those of so many questions. */
const OFTEN = 16;

/** Of no question. */
const NEVER = new Date(0).toISOString();

export async function corpusFor(context: CountingContext, question: Question): Promise<Corpus> {
  if (question.asked.terms.length === 0) return NO_CORPUS;
  const asking = askingOf(question);
  const wordsFirst = context.remembered.passagesOf(asking) >= MANY;
  const known = context.remembered.recall(asking);
  return known === null
    ? countAll(context, question, asking, wordsFirst)
    : countMissing(context, question, known, wordsFirst);
}

/** The reader is known again by all that decides which passages its statistics are over. */
const askingOf = ({ counted, version, now }: Question): Asking => ({
  reader: createHash('sha256')
    .update(JSON.stringify(counted(NEVER)))
    .digest('base64'),
  version,
  now,
});

async function countAll(
  context: CountingContext,
  question: Question,
  asking: Asking,
  wordsFirst: boolean,
): Promise<Corpus> {
  const { terms } = question.asked;
  const count = (exactly: boolean) =>
    Promise.all([
      answerTo(context, totalsSearch(question, exactly)).then(totalsOf),
      countWords(context, question, terms, { exactly, wordsFirst }),
    ]);
  const [totals, counts] = await count(false);
  const known = context.remembered.remember(asking, totals);
  if (totals.until <= milliseconds(question.now)) {
    const [exactTotals, exactCounts] = await count(true);
    return corpusOf(exactTotals, [...exactCounts.values()], true);
  }
  known.learn(counts);
  return corpusOf(totals, [...counts.values()]);
}

async function countMissing(
  context: CountingContext,
  question: Question,
  known: Counted,
  wordsFirst: boolean,
): Promise<Corpus> {
  const { terms } = question.asked;
  const { totals } = known;
  const remembered = terms.map(known.withTerm);
  const missing = terms.filter((_, i) => remembered[i] === undefined);
  const added = await countWords(context, question, missing, { exactly: false, wordsFirst });
  if (added.size > 0) {
    known.learn(added);
    if (known.learnt() === OFTEN && totals.passages <= FEW)
      countVocabulary(context, question, known).catch(() => {
        // No question waits for it: the next ones ask for their words as this one did.
      });
  }
  return corpusOf(
    totals,
    terms.map((term, i) => remembered[i] ?? added.get(term) ?? 0),
  );
}

/** Of each term, in their order. */
async function countWords(
  context: CountingContext,
  question: Question,
  terms: readonly string[],
  how: How,
): Promise<ReadonlyMap<string, number>> {
  if (terms.length === 0) return new Map();
  const counts = countsOf(await answerTo(context, countsSearch(question, terms, how)));
  return new Map(terms.map((term, i) => [term, counts[i] ?? 0]));
}

async function countVocabulary(context: CountingContext, question: Question, known: Counted): Promise<void> {
  const { hits } = await answerTo(context, vocabularySearch(question));
  // Else something was written meanwhile.
  const vocabulary = hits.length === known.totals.passages ? vocabularyOf(hits) : null;
  if (vocabulary !== null) known.learnAll(vocabulary);
}
