// The noun `viewer`: who the server takes the caller for.
import type { Caller } from '../src/access/caller.ts';
import { builder } from './builder.ts';
import { Role } from './enums.ts';

const Viewer = builder.objectRef<Caller>('Viewer').implement({
  fields: (t) => ({
    tenant: t.exposeString('tenant', { nullable: true }),
    role: t.expose('role', { type: Role }),
    agent: t.exposeString('agent', { nullable: true }),
    teams: t.stringList({ resolve: ({ reader }) => [...(reader?.teams ?? [])] }),
  }),
});

builder.queryField('viewer', (t) => t.field({ type: Viewer, resolve: (_parent, _args, { caller }) => caller }));
