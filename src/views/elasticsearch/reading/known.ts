// What a filter asks that no query over a memory's own attributes says: it is asked before, and the filter then names the
// memories it holds for.
import { z } from 'zod';
import { metadataHolds } from '../../metadata-test.ts';
import type { MemoryFilter, MetadataFilter } from '../../view-store.ts';
import { parseDocument } from '../documents.ts';
import type { ReaderContext } from '../reader-context.ts';
import { isTooLong, widened } from './metadata.ts';
import { allOf, is, isBetween, type Query } from './query.ts';
import { type SearchBody, searchOne } from './searches.ts';

/** scoredFrom, scoredBelow: among the memories that have votes. */
export type Condition = { scoredFrom: number } | { scoredBelow: number } | { metadata: MetadataFilter };

/** The ids of the tenant's memories that a condition of the filter holds for, whoever may read them. */
export type Known = (condition: Condition) => readonly string[];

/** Fetched at once. */
const PAGE = 10_000;
/** With their documents. */
const PAGE_OF_DOCUMENTS = 500;

export async function know(context: ReaderContext, tenant: string, filter: MemoryFilter = {}): Promise<Known> {
  const conditions = new Map([...conditionsOf(filter)].map((condition) => [JSON.stringify(condition), condition]));
  const answers = new Map<string, string[]>();
  for (const [key, condition] of conditions) answers.set(key, await ask(context, tenant, condition));
  return (condition) => answers.get(JSON.stringify(condition)) ?? [];
}

function* conditionsOf({
  minEffectiveness,
  metadata = [],
  and = [],
  or = [],
  not,
}: MemoryFilter): Generator<Condition> {
  if (minEffectiveness !== undefined)
    yield minEffectiveness > 0 ? { scoredFrom: minEffectiveness } : { scoredBelow: minEffectiveness };
  for (const test of metadata) if (isTooLong(test)) yield { metadata: test };
  for (const part of [...and, ...or, ...(not === undefined ? [] : [not])]) yield* conditionsOf(part);
}

function ask(context: ReaderContext, tenant: string, condition: Condition): Promise<string[]> {
  const ofTenant = is('tenant', tenant);
  if ('metadata' in condition)
    return readAll(context, allOf([ofTenant, widened(condition.metadata)]), condition.metadata);
  const score = 'scoredFrom' in condition ? { gte: condition.scoredFrom } : { lt: condition.scoredBelow };
  return voted(context, allOf([ofTenant, isBetween('score', score)]));
}

const voted = (context: ReaderContext, query: Query): Promise<string[]> =>
  pages(context, 'votes', { query, _source: false }, PAGE, () => true);

const holder = z.object({ document: z.string() });

/** Those whose document passes the test. */
const readAll = (context: ReaderContext, query: Query, test: MetadataFilter): Promise<string[]> =>
  pages(context, 'memories', { query, _source: ['document'] }, PAGE_OF_DOCUMENTS, (source) =>
    metadataHolds(parseDocument<'memory'>(holder.parse(source).document).metadata, test),
  );

async function pages(
  context: ReaderContext,
  kind: 'votes' | 'memories',
  search: SearchBody,
  size: number,
  holds: (source: unknown) => boolean,
): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: { hits: readonly { sort: unknown[]; source: unknown }[] } = await searchOne(context, kind, {
      ...search,
      size,
      sort: [{ memory: 'asc' }],
      track_total_hits: false,
      ...(after !== null && { search_after: [after] }),
    });
    for (const { sort, source } of page.hits) if (holds(source)) ids.push(String(sort[0]));
    if (page.hits.length < size) return ids;
    after = String(page.hits.at(-1)?.sort[0]);
  }
}
