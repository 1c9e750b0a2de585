// One session as it goes on.
import type { Heartbeat as HeartbeatShape } from '../src/live/cursor.ts';
import type { SessionChanged as SessionChangedShape } from '../src/live/session.ts';
import { builder } from './builder.ts';
import { label } from './checks.ts';
import { Session } from './session.ts';
import { AFTER, Heartbeat } from './subscription.ts';

const SessionChanged = builder.objectRef<SessionChangedShape>('SessionChanged').implement({
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    event: t.exposeString('event'),
    session: t.expose('session', { type: Session, description: 'As it was after the event.' }),
  }),
});

const SessionNotice = builder.unionType('SessionNotice', {
  types: [SessionChanged, Heartbeat],
  resolveType: ({ kind }: SessionChangedShape | HeartbeatShape) => (kind === 'heartbeat' ? Heartbeat : SessionChanged),
});

builder.subscriptionField('session', (t) =>
  t.field({
    type: SessionNotice,
    description: 'A session that is not there yet is waited for.',
    args: {
      id: t.arg.id({ required: true, validate: label }),
      after: t.arg({ type: 'Position', description: AFTER }),
    },
    subscribe: (_, { id, after }, { live }) => live.session(after ?? null, id),
    resolve: ({ notice }) => notice,
  }),
);
