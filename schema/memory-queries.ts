// Reading memories by id and page by page.
import { limits } from '../src/domain/limits.ts';
import type { MemoryPage } from '../src/queries/lists.ts';
import type { ListPage } from '../src/views/view-store.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { label, pageSize, text } from './checks.ts';
import { Memory } from './memory.ts';
import { MemoryFilter, toViewFilter, wholeFilter } from './memory-filter.ts';
import { MIN_POSITION, PageInfo, pageInfoOf } from './page-info.ts';

const FIRST = 20;

const MemoryEdge = builder.objectRef<ListPage['rows'][number]>('MemoryEdge').implement({
  fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.field({ type: Memory, resolve: (row) => row }) }),
});

const MemoryConnection = builder.objectRef<MemoryPage>('MemoryConnection').implement({
  fields: (t) => ({
    nodes: t.expose('rows', { type: [Memory], complexity: { multiplier: 1 } }),
    edges: t.expose('rows', { type: [MemoryEdge], complexity: { multiplier: 1 } }),
    pageInfo: t.field({ type: PageInfo, resolve: pageInfoOf }),
    totalCount: t.int({ resolve: ({ total }) => total() }),
  }),
});

builder.queryFields((t) => ({
  memory: t.field({
    type: Memory,
    description: 'null for what the caller may not read, as for what there never was.',
    nullable: true,
    args: {
      id: t.arg.id({ required: true, validate: label }),
      minPosition: t.arg({ type: 'Position', description: MIN_POSITION }),
      asOf: t.arg({ type: AsOf, description: AS_OF }),
    },
    resolve: (_, { id, minPosition, asOf }, { queries }) => {
      const past = toAsOf(asOf);
      return past === null ? queries.memory(id, minPosition) : queries.memoryAsOf(id, past);
    },
  }),
  memories: t.field({
    type: MemoryConnection,
    description: 'Newest first.',
    args: {
      filter: t.arg({ type: MemoryFilter, validate: wholeFilter }),
      first: t.arg.int({ description: `1 to ${limits.first}`, defaultValue: FIRST, validate: pageSize }),
      after: t.arg.string({ description: 'A cursor of this list.', validate: text(limits.label) }),
      minPosition: t.arg({ type: 'Position', description: MIN_POSITION }),
      asOf: t.arg({ type: AsOf, description: AS_OF }),
    },
    complexity: ({ first }) => ({ field: 10, multiplier: first ?? FIRST }),
    resolve: (_, { filter, first, after, minPosition, asOf }, { queries }) =>
      queries.memories({
        filter: toViewFilter(filter),
        includeDeprecated: filter?.includeDeprecated ?? false,
        first: first ?? FIRST,
        after: after ?? null,
        minPosition: minPosition ?? null,
        asOf: toAsOf(asOf),
      }),
  }),
}));
