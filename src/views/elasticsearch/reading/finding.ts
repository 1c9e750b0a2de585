// Which memories a question finds: the best of each channel. What each of them is worth is measured afterwards.
import type { ReaderContext } from '../reader-context.ts';
import { bestOf } from './best.ts';
import { type Channel, channelsOf } from './channels.ts';
import { type Corpus, corpusOf, corpusSearches } from './corpus.ts';
import type { Question } from './question.ts';
import { type Hit, type Search, type SearchBody, search, searchOne } from './searches.ts';

export type Found = { memories: string[]; corpus: Corpus };

/** Where a few long memories crowd out others, so many times as many passages are asked for. */
const MORE = 4;

export async function find(context: ReaderContext, question: Question): Promise<Found> {
  const { terms, counted, now, limit } = question;
  const channels = channelsOf(question);
  const words = terms?.map(({ term }) => term) ?? [];
  const first = channels.map((channel) => channel.searchFor(channel.first));
  const answers = await search(context, [...first, ...corpusSearches(counted, words, now)].map(passages));
  const corpus = corpusOf(answers.slice(channels.length));
  const memories = new Set<string>();
  for (const [i, channel] of channels.entries())
    for (const id of await bestBy(context, channel, corpus, answers[i]?.hits ?? [], limit)) memories.add(id);
  return { memories: [...memories], corpus };
}

const passages = (body: SearchBody): Search => ({ kind: 'passages', body });

async function bestBy(
  context: ReaderContext,
  channel: Channel,
  corpus: Corpus,
  first: readonly Hit[],
  limit: number,
): Promise<string[]> {
  let hits = first;
  for (let count = channel.first; ; ) {
    const best = bestOf(channel.score(hits, corpus), limit);
    if (best.length === limit || hits.length < count || count === channel.most) return best;
    count = Math.min(channel.most, MORE * count);
    hits = (await searchOne(context, 'passages', channel.searchFor(count))).hits;
  }
}
