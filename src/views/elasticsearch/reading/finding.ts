// Which memories a question finds, by each channel: one passage of each of the best, best first.
import type { ReaderContext } from '../reader-context.ts';
import { bestOf } from './best.ts';
import { byMeaning, byWords, type Channel } from './channels.ts';
import type { Corpus } from './corpus.ts';
import type { Passage } from './passage.ts';
import type { Question } from './question.ts';
import { searchOne } from './searches.ts';

/** Where a few long memories crowd out others, so many times as many passages are asked for. */
const MORE = 4;

/** None when meaning is not asked for, or the question's vector has no direction. */
export async function findByMeaning(context: ReaderContext, question: Question): Promise<Passage[]> {
  const { vector } = question;
  return vector?.some((value) => value !== 0) ? bestBy(context, byMeaning(question, vector), question.limit) : [];
}

/** By how telling each word is the best are chosen. */
export async function findByWords(context: ReaderContext, question: Question, corpus: Corpus): Promise<Passage[]> {
  return question.asked.terms.length === 0 ? [] : bestBy(context, byWords(question, corpus), question.limit);
}

async function bestBy(context: ReaderContext, channel: Channel, limit: number): Promise<Passage[]> {
  for (let count = channel.first; ; count = Math.min(channel.most, MORE * count)) {
    const { hits } = await searchOne(context, 'passages', channel.searchFor(count));
    const best = bestOf(channel.passagesIn(hits), channel.score, limit);
    if (best.length === limit || hits.length < count || count === channel.most) return best;
  }
}
