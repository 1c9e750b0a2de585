// Searches as they are sent, and what of their answers is read. Part of an answer is no answer: a shard that fails fails
// the search.
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import { Refused } from '../client.ts';
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

const refusal = z.object({ status: z.number(), error: z.object({ type: z.string() }) });

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

const WHAT = 'the views cannot be searched';

const headOf = (index: string, once: boolean = false) => ({
  index,
  allow_partial_search_results: false,
  ...(once && { request_cache: false }),
});

/** All in one request, answered in order. */
export async function search(
  { elastic, names }: Pick<ReaderContext, 'elastic' | 'names'>,
  searches: readonly Search[],
): Promise<Answer[]> {
  return elastic.send(WHAT, async (client, options) => {
    const items = searches.flatMap(({ kind, body, once }) => [headOf(names.alias(kind), once), body]);
    const { responses } = await client.msearch({ searches: items }, options);
    return responses.map((response) => {
      const refused = refusal.safeParse(response);
      if (refused.success) throw new Refused(WHAT, refused.data.status, refused.data.error.type);
      return toAnswer(response);
    });
  });
}

export async function answerTo(
  { elastic, names }: Pick<ReaderContext, 'elastic' | 'names'>,
  { kind, body, once }: Search,
): Promise<Answer> {
  const request = { ...headOf(names.alias(kind), once), ...body };
  return toAnswer(await elastic.send(WHAT, (client, options) => client.search(request, options)));
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
