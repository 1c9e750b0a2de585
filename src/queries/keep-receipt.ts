// Keeping a search: what was asked and what came back become an event.
import { v7 as uuid } from 'uuid';
import { actorOf, readerOf } from '../access/caller.ts';
import type { Instant, JsonObject } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { streamName } from '../domain/streams.ts';
import { encode } from '../events/codec.ts';
import type { QueryContext } from './dependencies.ts';
import type { SearchHit, SearchQuestion, SearchResult } from './search.ts';

/** Gives back the receipt's id. */
export async function keepReceipt(
  { caller, log, clock }: QueryContext,
  question: SearchQuestion,
  { hits, position }: Pick<SearchResult, 'hits' | 'position'>,
  now: Instant,
): Promise<string> {
  const { tenant, agent } = readerOf(caller);
  const id = uuid();
  const kept = encode(
    { type: 'search.kept', data: { agent, input: questionOf(question), position, now, hits: hits.map(hitOf) } },
    {
      id: uuid(),
      recordedAt: clock().toISOString(),
      metadata: { correlationId: caller.correlationId, actor: actorOf(caller), tenant },
    },
  );
  const result = await log.append([{ stream: streamName('receipt', tenant, id), expected: 'none', events: [kept] }]);
  if (!result.ok) throw failure('INTERNAL', 'a receipt of a new id is there already');
  return id;
}

/** Only what makes the answer, as JSON: what is undefined is left out. */
function questionOf(given: SearchQuestion): JsonObject {
  const { query, mode, filter, includeDeprecated, first, minScore, decay, effectivenessWeight } = given;
  const question = { query, mode, filter, includeDeprecated, first, minScore, decay, effectivenessWeight };
  return JSON.parse(JSON.stringify(question));
}

const hitOf = ({ memory, score, explain }: SearchHit) => ({ id: memory.id, score, explain });
