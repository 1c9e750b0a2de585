// Searches as they are sent, and what of their answers is read. Part of an answer is no answer: a shard that fails fails
// the search.
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { IndexKind } from '../names.ts';
import type { ReaderContext } from '../reader-context.ts';

export type SearchBody = estypes.SearchSearchRequestBody;
export type Search = {
  kind: IndexKind;
  body: SearchBody;
  /** Nobody asks the same again: the server need not keep the answer, as it does where no hits are asked for. */
  once?: true;
};

const hit = z.object({
  _score: z.number().nullish(),
  _source: z.unknown().optional(),
  sort: z.array(z.unknown()).optional(),
  fields: z.unknown().optional(),
});

const answer = z.object({
  hits: z.object({ total: z.object({ value: z.number() }).optional(), hits: z.array(hit) }),
  aggregations: z.unknown().optional(),
});

export type Hit = {
  score: number;
  source: unknown;
  sort: unknown[];
  /** Doc values that were asked for. */
  fields: unknown;
};

export type Answer = {
  hits: Hit[];
  /** Of all that match; 0 when it was not asked for. */
  total: number;
  aggregations: unknown;
};

export async function answerTo(
  { elastic, names }: Pick<ReaderContext, 'elastic' | 'names'>,
  { kind, body, once }: Search,
): Promise<Answer> {
  const request = {
    index: names.alias(kind),
    allow_partial_search_results: false,
    ...(once && { request_cache: false }),
    ...body,
  };
  const response = await elastic.send('the views cannot be searched', (client, options) =>
    client.search(request, options),
  );
  return toAnswer(response);
}

export const searchOne = (
  context: Pick<ReaderContext, 'elastic' | 'names'>,
  kind: IndexKind,
  body: SearchBody,
): Promise<Answer> => answerTo(context, { kind, body });

function toAnswer(response: unknown): Answer {
  const { hits, aggregations } = answer.parse(response);
  return {
    hits: hits.hits.map(({ _score, _source, sort = [], fields }) => ({
      score: _score ?? 0,
      source: _source,
      sort,
      fields,
    })),
    total: hits.total?.value ?? 0,
    aggregations,
  };
}
