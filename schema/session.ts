// The noun `session`: progress on a piece of work, told by all who are at it.
import type { SessionResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import {
  progressOf,
  type SessionItem as SessionItemShape,
  type Session as SessionShape,
} from '../src/domain/session.ts';
import type { RecordsPage } from '../src/views/view-store.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { label, name, pageSize, text } from './checks.ts';
import { ItemStatus, SessionStatus } from './enums.ts';
import { HistoryEntry } from './history.ts';
import { MIN_POSITION, PageInfo, pageInfoOf } from './page-info.ts';
import { ProgressSessionInput, StartSessionInput } from './session-inputs.ts';

const FIRST = 20;

const SessionItem = builder.objectRef<SessionItemShape>('SessionItem').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    status: t.expose('status', { type: ItemStatus }),
    reason: t.exposeString('reason', { nullable: true }),
    by: t.exposeString('by'),
    at: t.expose('at', { type: 'DateTime' }),
  }),
});

const itemsThatAre = ({ items }: SessionShape, wanted: SessionItemShape['status']) =>
  items.filter(({ status }) => status === wanted);
const namesThatAre = (session: SessionShape, wanted: SessionItemShape['status']) =>
  itemsThatAre(session, wanted).map((item) => item.name);

export const Session = builder.objectRef<SessionShape>('Session').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    version: t.exposeInt('revision', { description: 'The revision of its stream; pass it as expectedVersion.' }),
    agent: t.exposeString('agent'),
    user: t.exposeString('user', { nullable: true }),
    namespace: t.exposeString('namespace'),
    status: t.expose('status', { type: SessionStatus }),
    title: t.exposeString('title', { nullable: true }),
    items: t.expose('items', { type: [SessionItem], description: 'In the order in which they were first named.' }),
    completed: t.stringList({ resolve: (session) => namesThatAre(session, 'COMPLETED') }),
    inProgress: t.stringList({ resolve: (session) => namesThatAre(session, 'IN_PROGRESS') }),
    next: t.stringList({ resolve: (session) => namesThatAre(session, 'NEXT') }),
    blocked: t.field({ type: [SessionItem], resolve: (session) => itemsThatAre(session, 'BLOCKED') }),
    progress: t.float({
      description: 'Completed share of all known items (or of total, if given), 0 to 1.',
      resolve: progressOf,
    }),
    total: t.exposeInt('total', { nullable: true }),
    summary: t.exposeString('summary', { nullable: true }),
    lastAction: t.exposeString('lastAction', { nullable: true }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    history: t.field({
      type: [HistoryEntry],
      description: 'Every event of its stream, oldest first.',
      complexity: { field: 20, multiplier: 10 },
      resolve: ({ id }, _args, { loaders }) => loaders.sessionHistory.load(id),
    }),
  }),
});

const SessionPayload = builder.objectRef<SessionResult>('SessionPayload').implement({
  fields: (t) => ({
    session: t.expose('session', { type: Session }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

const SessionConnection = builder.objectRef<RecordsPage<'session'>>('SessionConnection').implement({
  fields: (t) => ({
    nodes: t.field({
      type: [Session],
      complexity: { multiplier: 1 },
      resolve: ({ rows }) => rows.map(({ document }) => document),
    }),
    pageInfo: t.field({ type: PageInfo, resolve: pageInfoOf }),
    totalCount: t.exposeInt('total'),
  }),
});

builder.queryFields((t) => ({
  session: t.field({
    type: Session,
    nullable: true,
    args: {
      id: t.arg.id({ required: true, validate: label }),
      asOf: t.arg({ type: AsOf, description: AS_OF }),
    },
    resolve: (_, { id, asOf }, { queries }) => queries.session(id, toAsOf(asOf)),
  }),
  sessions: t.field({
    type: SessionConnection,
    description: 'Newest first.',
    args: {
      agent: t.arg.string({ validate: name }),
      status: t.arg({ type: SessionStatus }),
      first: t.arg.int({ description: `1 to ${limits.first}`, defaultValue: FIRST, validate: pageSize }),
      after: t.arg.string({ description: 'A cursor of this list.', validate: text(limits.label) }),
      minPosition: t.arg({ type: 'Position', description: MIN_POSITION }),
    },
    complexity: ({ first }) => ({ field: 10, multiplier: first ?? FIRST }),
    resolve: (_, { agent, status, first, after, minPosition }, { queries }) =>
      queries.sessions({
        agent: agent ?? null,
        status: status ?? null,
        first: first ?? FIRST,
        after: after ?? null,
        minPosition: minPosition ?? null,
      }),
  }),
}));

builder.mutationFields((t) => ({
  startSession: t.field({
    type: SessionPayload,
    args: { input: t.arg({ type: StartSessionInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.startSession(input),
  }),
  progressSession: t.field({
    type: SessionPayload,
    args: { input: t.arg({ type: ProgressSessionInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.progressSession(input),
  }),
}));
