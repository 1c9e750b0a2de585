// A search: what each channel finds, within the reader's rights and measured by all passages of a memory; and the documents
// of what is to be given, as they are at the moment. Rights and filters are checked once more on these.
import { portionsOf } from '../../best.ts';
import { checkFilter } from '../../filter-limits.ts';
import { readable } from '../../kept-documents.ts';
import { matches } from '../../matches.ts';
import type { Candidate, SearchPage, SearchQuery } from '../../view-store.ts';
import type { ReaderContext } from '../reader-context.ts';
import { readAhead } from './ahead.ts';
import { MOST_HITS } from './channels.ts';
import { type CountingContext, corpusFor } from './counting.ts';
import { createDocuments, type Documents } from './documents.ts';
import { findByMeaning, findByWords } from './finding.ts';
import { know } from './known.ts';
import { type Measured, measureFor, tell } from './measuring.ts';
import { type Passage, passageFields, passagesIn } from './passage.ts';
import { allOf, isOneOf } from './query.ts';
import { type Question, questionOf } from './question.ts';
import { searchOne } from './searches.ts';

export async function searchMemories(
  context: ReaderContext & CountingContext,
  query: SearchQuery,
): Promise<SearchPage> {
  checkFilter(query.filter ?? {});
  await context.settle(query.now);
  const known = await know(context, query.reader.tenant, query.filter);
  const position = context.position();
  const question = questionOf(query, known, context.version());
  const measure = measureFor(question);
  const documents = createDocuments(context, query.reader.tenant);
  // Words first: they take two rounds.
  const counting = corpusFor(context, question);
  const byWords = counting.then((corpus) => findByWords(context, question, corpus));
  const byMeaning = findByMeaning(context, question);
  readAhead(documents, query, { counting, byMeaning, byWords }, measure).catch(() => {
    // What fails here fails below.
  });
  const [corpus, near, worded] = await Promise.all([counting, byMeaning, byWords]);
  const found = Array.from(await whole(context, question, [...near, ...worded]), ([memory, its]) =>
    measure(memory, its, corpus),
  );
  const candidates: Candidate[] = [];
  for (const some of portionsOf(found, query, () => candidates.length))
    candidates.push(...(await read(documents, query, some, question.words)));
  return { candidates, position };
}

/** All passages of each memory, by its id, of which one was found, once or by each channel. */
async function whole(
  context: ReaderContext,
  question: Question,
  found: readonly Passage[],
): Promise<Map<string, Passage[]>> {
  const all = new Map<string, Passage[]>();
  for (const passage of found)
    if (!all.has(passage.memory)) all.set(passage.memory, passage.passages === 1 ? [passage] : []);
  const parts = [...all].filter(([, passages]) => passages.length === 0).map(([memory]) => memory);
  for (const passage of await passagesOf(context, question, parts)) all.get(passage.memory)?.push(passage);
  // What is gone since, or not allowed any more, has none.
  return new Map([...all].filter(([, passages]) => passages.length > 0));
}

/** Those that are there, as they are at the moment. */
async function read(
  documents: Documents,
  { reader, filter = {}, includeDeprecated = false, now }: SearchQuery,
  found: readonly Measured[],
  words: Question['words'],
): Promise<Candidate[]> {
  const pairs = await documents.pairsOf(found.map(({ memory }) => memory));
  return found.flatMap((one, i): Candidate[] => {
    const pair = pairs[i];
    const view = pair ? readable(reader, pair, now) : null;
    if (!view || (view.memory.deprecation !== null && !includeDeprecated) || !matches(filter, view)) return [];
    return [{ ...view, ...tell(one, words) }];
  });
}

async function passagesOf(context: ReaderContext, question: Question, memories: readonly string[]): Promise<Passage[]> {
  if (memories.length === 0) return [];
  const { hits } = await searchOne(context, 'passages', {
    query: allOf([question.allowed, isOneOf('memory', memories)]),
    size: MOST_HITS,
    ...passageFields(question.vector !== null),
    track_total_hits: false,
  });
  return passagesIn(hits, question);
}
