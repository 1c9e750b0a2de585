// Which memories a question finds, by each channel: one passage of each of the best, best first.
import type { ReaderContext } from '../reader-context.ts';
import { bestOf } from './best.ts';
import { byMeaning, byWords, type Channel } from './channels.ts';
import { type Corpus, NO_CORPUS } from './corpus.ts';
import { type CountingContext, corpusFor } from './counting.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';
import { searchOne } from './searches.ts';

export type SearchContext = ReaderContext & CountingContext;

/** Where a few long memories crowd out others, so many times as many passages are asked for. */
const MORE = 4;

/** None when meaning is not asked for, or the question's vector has no direction. */
export async function findByMeaning(context: ReaderContext, question: Question): Promise<Passage[]> {
  const { vector } = question;
  return vector?.some((value) => value !== 0) ? bestBy(context, byMeaning(question, vector), question.limit) : [];
}

export type FoundByWords = { passages: Passage[]; corpus: Corpus };

/** How telling each word is comes first: the best are chosen by it. */
export async function findByWords(context: SearchContext, question: Question): Promise<FoundByWords> {
  if (question.asked.terms.length === 0) return { passages: [], corpus: NO_CORPUS };
  const corpus = await corpusFor(context, question);
  return { passages: await bestBy(context, byWords(question, corpus), question.limit), corpus };
}

async function bestBy(context: ReaderContext, channel: Channel, limit: number): Promise<Passage[]> {
  for (let count = channel.first; ; count = Math.min(channel.most, MORE * count)) {
    const { hits } = await searchOne(context, 'passages', channel.searchFor(count));
    const best = bestOf(channel.passagesIn(hits), channel.score, limit);
    if (best.length === limit || hits.length < count || count === channel.most) return best;
  }
}
