// A search in two rounds: what each channel finds, within the reader's rights, and then these memories with all of their
// passages, as they are at the moment. Rights and filters are checked once more on the documents.
import { checkFilter } from '../../filter-limits.ts';
import { type DocumentPair, readable } from '../../kept-documents.ts';
import { matches } from '../../matches.ts';
import type { Candidate, SearchPage, SearchQuery } from '../../view-store.ts';
import type { ReaderContext } from '../reader-context.ts';
import { dotWith } from '../vector-bytes.ts';
import { MOST_HITS } from './channels.ts';
import { pairsOf } from './documents.ts';
import { findByMeaning, findByWords } from './finding.ts';
import { know } from './known.ts';
import { measure } from './measuring.ts';
import { type Passage, passageFields, passagesIn } from './passage.ts';
import { allOf, isOneOf } from './query.ts';
import { type Question, questionOf } from './question.ts';
import { searchOne } from './searches.ts';

export async function searchMemories(context: ReaderContext, query: SearchQuery): Promise<SearchPage> {
  const { reader, filter = {}, includeDeprecated = false, now } = query;
  checkFilter(filter);
  await context.settle(now);
  const question = questionOf(query, await know(context, reader.tenant, filter));
  const position = context.position();
  const whole = (passages: readonly Passage[]) => complete(context, question, reader.tenant, passages);
  // What is found by meaning is read while words are still looked for, which takes longer.
  const [near, { passages, corpus }] = await Promise.all([
    findByMeaning(context, question).then(whole),
    findByWords(context, question),
  ]);
  const worded = await whole(passages.filter(({ memory }) => !near.has(memory)));
  const cosine = question.vector === null ? null : dotWith(question.vector);
  const candidates = [...near.values(), ...worded.values()].flatMap(({ pair, passages }): Candidate[] => {
    const view = pair && passages.length > 0 ? readable(reader, pair, now) : null;
    if (!view || (view.memory.deprecation !== null && !includeDeprecated) || !matches(filter, view)) return [];
    return [{ ...view, ...measure(passages, question, cosine, corpus) }];
  });
  return { candidates, position };
}

/** `pair` is null where there is no such memory any more. */
type Whole = { passages: Passage[]; pair: DocumentPair | null };

/** The memories, by id, of which each of these is a passage. */
async function complete(
  context: ReaderContext,
  question: Question,
  tenant: string,
  found: readonly Passage[],
): Promise<Map<string, Whole>> {
  const memories = found.map(({ memory }) => memory);
  const parts = found.filter(({ passages }) => passages > 1).map(({ memory }) => memory);
  const [pairs, others] = await Promise.all([pairsOf(context, tenant, memories), passagesOf(context, question, parts)]);
  const whole = new Map(
    found.map((passage, i) => [
      passage.memory,
      { passages: passage.passages === 1 ? [passage] : [], pair: pairs[i] ?? null },
    ]),
  );
  for (const passage of others) whole.get(passage.memory)?.passages.push(passage);
  return whole;
}

async function passagesOf(
  context: ReaderContext,
  { allowed, vector, now }: Question,
  memories: readonly string[],
): Promise<Passage[]> {
  if (memories.length === 0) return [];
  const { hits } = await searchOne(context, 'passages', {
    query: allOf([allowed, isOneOf('memory', memories)]),
    size: MOST_HITS,
    ...passageFields(vector !== null),
    track_total_hits: false,
  });
  return passagesIn(hits, now);
}
