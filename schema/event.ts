// The noun `event`: the tenant's log, for audit.
import type { EventPage } from '../src/queries/events.ts';
import type { VisibleEvent } from '../src/queries/visible-events.ts';
import { builder } from './builder.ts';
import { label, list, pageSize, text } from './checks.ts';
import { PageInfo } from './page-info.ts';

export const Event = builder.objectRef<VisibleEvent>('Event').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    position: t.expose('position', { type: 'Position' }),
    type: t.exposeString('type'),
    stream: t.exposeString('stream'),
    version: t.exposeInt('version'),
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeString('by'),
    correlationId: t.exposeID('correlationId'),
    causationId: t.exposeID('causationId', { nullable: true }),
    data: t.expose('data', { type: 'JSON' }),
    metadata: t.expose('metadata', { type: 'JSON' }),
  }),
});

const EventConnection = builder.objectRef<EventPage>('EventConnection').implement({
  fields: (t) => ({
    nodes: t.expose('events', { type: [Event], complexity: { multiplier: 1 } }),
    pageInfo: t.field({ type: PageInfo, resolve: ({ hasNextPage, endCursor }) => ({ hasNextPage, endCursor }) }),
  }),
});

const FIRST = 100;

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description:
      "The tenant's log; an agent sees the events of what it may read. A page can be empty and have a next one: what is between is not the caller's to see.",
    args: {
      after: t.arg({ type: 'Position' }),
      types: t.arg.stringList({ validate: list(label) }),
      stream: t.arg.string({ validate: text(512) }),
      first: t.arg.int({ defaultValue: FIRST, validate: pageSize }),
    },
    complexity: ({ first }) => ({ field: 20, multiplier: first ?? FIRST }),
    resolve: (_, { after, types, stream, first }, { queries }) =>
      queries.events({ after: after ?? null, types: types ?? null, stream: stream ?? null, first: first ?? FIRST }),
  }),
);
