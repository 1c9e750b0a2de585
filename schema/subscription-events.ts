// The tenant's log as it grows.
import type { Heartbeat as HeartbeatShape } from '../src/live/cursor.ts';
import type { EventAppended as EventAppendedShape } from '../src/live/events.ts';
import { builder } from './builder.ts';
import { label, list } from './checks.ts';
import { Event } from './event.ts';
import { AFTER, Heartbeat } from './subscription.ts';

const EventAppended = builder.objectRef<EventAppendedShape>('EventAppended').implement({
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    event: t.expose('event', { type: Event }),
  }),
});

const EventNotice = builder.unionType('EventNotice', {
  types: [EventAppended, Heartbeat],
  resolveType: ({ kind }: EventAppendedShape | HeartbeatShape) => (kind === 'heartbeat' ? Heartbeat : EventAppended),
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventNotice,
    args: {
      after: t.arg({ type: 'Position', description: AFTER }),
      types: t.arg.stringList({ validate: list(label) }),
    },
    subscribe: (_, { after, types }, { live }) => live.events(after ?? null, types ?? null),
    resolve: ({ notice }) => notice,
  }),
);
