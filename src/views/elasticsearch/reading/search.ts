// A search in two rounds: what each channel finds, within the reader's rights, and then these memories with all of their
// passages, as they are at the moment. Rights and filters are checked once more on the documents.
import { z } from 'zod';
import { checkFilter } from '../../filter-limits.ts';
import { readable } from '../../kept-documents.ts';
import { matches } from '../../matches.ts';
import type { Candidate, SearchPage, SearchQuery } from '../../view-store.ts';
import { milliseconds } from '../attributes.ts';
import type { ReaderContext } from '../reader-context.ts';
import { dotWith } from '../vector-bytes.ts';
import { decodeWeights } from '../weights.ts';
import { MOST_HITS } from './channels.ts';
import { pairsOf } from './documents.ts';
import { fieldsOnly, one, words } from './fields.ts';
import { find } from './finding.ts';
import { know } from './known.ts';
import { measure, type Passage } from './measuring.ts';
import { allOf, isOneOf } from './query.ts';
import { type Question, questionOf } from './question.ts';
import { searchOne } from './searches.ts';

export async function searchMemories(context: ReaderContext, query: SearchQuery): Promise<SearchPage> {
  const { reader, filter = {}, includeDeprecated = false, now } = query;
  checkFilter(filter);
  await context.settle(now);
  const question = questionOf(query, await know(context, reader.tenant, filter));
  const position = context.position();
  const { memories, corpus } = await find(context, question);
  const [passages, pairs] = await Promise.all([
    passagesOf(context, question, memories),
    pairsOf(context, reader.tenant, memories),
  ]);
  const cosine = question.vector === null ? null : dotWith(question.vector);
  const candidates = memories.flatMap((id, i): Candidate[] => {
    const [pair, own] = [pairs[i], passages.get(id)];
    const view = pair && own ? readable(reader, pair, now) : null;
    if (!view || !own || (view.memory.deprecation !== null && !includeDeprecated) || !matches(filter, view)) return [];
    return [{ ...view, ...measure(own, question, cosine, corpus) }];
  });
  return { candidates, position };
}

const placed = z.object({
  memory: one(z.string()),
  passages: one(z.number()),
  index: one(z.number()),
  start: one(z.number()),
  end: one(z.number()),
  ...words,
  bits: one(z.string()).optional(),
});

async function passagesOf(
  context: ReaderContext,
  { allowed, vector, now }: Question,
  memories: readonly string[],
): Promise<Map<string, Passage[]>> {
  const found = new Map<string, Passage[]>();
  if (memories.length === 0) return found;
  const { hits } = await searchOne(context, 'passages', {
    query: allOf([allowed, isOneOf('memory', memories)]),
    size: MOST_HITS,
    ...fieldsOnly(vector === null ? placed.omit({ bits: true }) : placed),
    track_total_hits: false,
  });
  for (const { fields } of hits) {
    const { memory, passages, index, start, end, length, bits = null, ...kept } = placed.parse(fields);
    const passage: Passage = {
      index,
      span: passages === 1 ? null : [start, end],
      bits,
      weights: decodeWeights(kept, milliseconds(now)),
      length,
    };
    found.set(memory, [...(found.get(memory) ?? []), passage]);
  }
  return found;
}
