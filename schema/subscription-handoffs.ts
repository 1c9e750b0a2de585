// Handoffs that concern the subscriber, as they are offered and answered.
import type { Heartbeat as HeartbeatShape } from '../src/live/cursor.ts';
import type { HandoffChanged as HandoffChangedShape } from '../src/live/handoffs.ts';
import { builder } from './builder.ts';
import { atMost } from './checks.ts';
import { HandoffStatus } from './enums.ts';
import { Handoff } from './handoff.ts';
import { AFTER, Heartbeat } from './subscription.ts';

const HandoffChanged = builder.objectRef<HandoffChangedShape>('HandoffChanged').implement({
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    event: t.exposeString('event'),
    handoff: t.expose('handoff', { type: Handoff, description: 'As it was after the event.' }),
  }),
});

const HandoffNotice = builder.unionType('HandoffNotice', {
  types: [HandoffChanged, Heartbeat],
  resolveType: ({ kind }: HandoffChangedShape | HeartbeatShape) => (kind === 'heartbeat' ? Heartbeat : HandoffChanged),
});

builder.subscriptionField('handoffs', (t) =>
  t.field({
    type: HandoffNotice,
    description: "The caller's, sent or to be received; for a tenant's operator all.",
    args: {
      after: t.arg({ type: 'Position', description: AFTER }),
      statuses: t.arg({
        type: [HandoffStatus],
        description: 'Those that a handoff may have after the event; all unless given.',
        validate: atMost(10),
      }),
    },
    subscribe: (_, { after, statuses }, { live }) => live.handoffs(after ?? null, statuses ?? null),
    resolve: ({ notice }) => notice,
  }),
);
