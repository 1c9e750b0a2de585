// The noun `handoff`: an agent's offer of a task to another, or to a team.
import type { Position } from '../src/domain/event.ts';
import type { Handoff as HandoffShape, Recipient as RecipientShape } from '../src/domain/handoff.ts';
import { limits } from '../src/domain/limits.ts';
import type { MemoryView } from '../src/domain/memory-view.ts';
import type { RecordsPage } from '../src/views/view-store.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { label, pageSize, text } from './checks.ts';
import type { Loaders } from './context.ts';
import { HandoffStatus } from './enums.ts';
import { HistoryEntry } from './history.ts';
import { Memory } from './memory.ts';
import { MIN_POSITION, PageInfo, pageInfoOf } from './page-info.ts';
import { Session } from './session.ts';

const FIRST = 20;

const Recipient = builder.objectRef<RecipientShape>('Recipient').implement({
  fields: (t) => ({
    agent: t.exposeString('agent', { nullable: true }),
    team: t.exposeString('team', { nullable: true }),
  }),
});

export const Handoff = builder.objectRef<HandoffShape>('Handoff').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    version: t.exposeInt('revision', { description: 'The revision of its stream; pass it as expectedVersion.' }),
    status: t.expose('status', { type: HandoffStatus }),
    from: t.exposeString('from'),
    to: t.expose('to', { type: Recipient }),
    task: t.exposeString('task'),
    context: t.expose('context', { type: 'JSON' }),
    memories: t.field({
      type: [Memory],
      description: 'As the sender saw them at pinnedAt, and only those that the reader of this field may read.',
      complexity: { multiplier: limits.memories },
      resolve: ({ memories, pinnedAt }, _args, { loaders }) => pinned(loaders, memories, pinnedAt),
    }),
    withheld: t.field({
      type: ['ID'],
      description:
        'The offered memories that the recipient could not read at the offer; told to the sender alone, while it may read them itself.',
      resolve: async ({ withheld, pinnedAt }, _args, { loaders }) =>
        (await pinned(loaders, withheld, pinnedAt)).map(({ memory }) => memory.id),
    }),
    session: t.field({
      type: Session,
      description: 'Its state at pinnedAt.',
      nullable: true,
      complexity: { field: 10 },
      resolve: ({ session: id, pinnedAt }, _args, { queries }) =>
        id === null ? null : queries.pinnedSession({ id, pinnedAt }),
    }),
    pinnedAt: t.expose('pinnedAt', { type: 'Position' }),
    acceptedBy: t.exposeString('acceptedBy', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    result: t.exposeString('result', { nullable: true }),
    offeredAt: t.expose('offeredAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    history: t.field({
      type: [HistoryEntry],
      description: 'Every event of its stream, oldest first.',
      complexity: { field: 20, multiplier: 10 },
      resolve: ({ id }, _args, { loaders }) => loaders.handoffHistory.load(id),
    }),
  }),
});

/** Those of them that the reader may read. */
async function pinned(loaders: Loaders, ids: readonly string[], pinnedAt: Position): Promise<MemoryView[]> {
  const found = await Promise.all(ids.map((id) => loaders.pinnedMemory.load({ id, pinnedAt })));
  return found.filter((view) => view !== null);
}

const HandoffConnection = builder.objectRef<RecordsPage<'handoff'>>('HandoffConnection').implement({
  fields: (t) => ({
    nodes: t.field({
      type: [Handoff],
      complexity: { multiplier: 1 },
      resolve: ({ rows }) => rows.map(({ document }) => document),
    }),
    pageInfo: t.field({ type: PageInfo, resolve: pageInfoOf }),
    totalCount: t.exposeInt('total'),
  }),
});

builder.queryFields((t) => ({
  handoff: t.field({
    type: Handoff,
    description: 'null for what does not concern the caller, as for what there never was.',
    nullable: true,
    args: {
      id: t.arg.id({ required: true, validate: label }),
      asOf: t.arg({ type: AsOf, description: AS_OF }),
    },
    resolve: (_, { id, asOf }, { queries }) => queries.handoff(id, toAsOf(asOf)),
  }),
  handoffs: t.field({
    type: HandoffConnection,
    description: "The caller's, sent or to be received; newest first. For a tenant's operator all.",
    args: {
      status: t.arg({ type: HandoffStatus }),
      first: t.arg.int({ description: `1 to ${limits.first}`, defaultValue: FIRST, validate: pageSize }),
      after: t.arg.string({ description: 'A cursor of this list.', validate: text(limits.label) }),
      minPosition: t.arg({ type: 'Position', description: MIN_POSITION }),
    },
    complexity: ({ first }) => ({ field: 10, multiplier: first ?? FIRST }),
    resolve: (_, { status, first, after, minPosition }, { queries }) =>
      queries.handoffs({
        status: status ?? null,
        first: first ?? FIRST,
        after: after ?? null,
        minPosition: minPosition ?? null,
      }),
  }),
}));
