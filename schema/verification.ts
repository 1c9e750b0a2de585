// The noun `verification`: what replaying the log gave, against what is served.
import type { Verification as VerificationShape } from '../src/queries/dependencies.ts';
import { builder } from './builder.ts';

const Verification = builder.objectRef<VerificationShape>('Verification').implement({
  description: 'What replaying the log gave, against what is served.',
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    events: t.exposeInt('events'),
    replayed: t.exposeString('replayed', { description: 'SHA-256 of the replayed state.' }),
    served: t.exposeString('served', { description: 'SHA-256 of the served state.' }),
    matches: t.exposeBoolean('matches'),
    firstDifference: t.expose('firstDifference', {
      type: 'JSON',
      nullable: true,
      description:
        'The document that differs first: its tenant, kind and id, the path of the field, and the event that last touched it, or that cannot be read. Never a value.',
    }),
    took: t.exposeFloat('took', { description: 'Milliseconds.' }),
  }),
});

builder.queryField('verify', (t) =>
  t.field({
    type: Verification,
    description:
      "Replays the tenant's log into a fresh state and compares; for TENANT and ADMIN, who verifies all tenants.",
    complexity: 5_000,
    resolve: (_parent, _args, { queries }) => queries.verify(),
  }),
);
