// The noun `key`: what lets a caller in.
import type { KeyResult } from '../src/commands/context.ts';
import type { Key as KeyShape } from '../src/domain/key.ts';
import { builder } from './builder.ts';
import { label, name, ttl } from './checks.ts';
import { Role } from './enums.ts';

const Key = builder.objectRef<KeyShape>('Key').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    tenant: t.exposeString('tenant', { nullable: true }),
    role: t.expose('role', { type: Role }),
    agent: t.exposeString('agent', { nullable: true }),
    label: t.exposeString('label', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
});

const KeyPayload = builder.objectRef<KeyResult>('KeyPayload').implement({
  description: 'secret is shown once.',
  fields: (t) => ({ key: t.expose('key', { type: Key }), secret: t.exposeString('secret') }),
});

const IssueKeyInput = builder.inputType('IssueKeyInput', {
  fields: (t) => ({
    tenant: t.string({ validate: name }),
    role: t.field({ type: Role, required: true }),
    agent: t.string({ validate: name }),
    label: t.string({ validate: label }),
    ttl: t.int({ validate: ttl }),
  }),
});

builder.queryField('keys', (t) =>
  t.field({
    type: [Key],
    description: 'Keys of the tenant; for TENANT and ADMIN.',
    resolve: (_parent, _args, { queries }) => queries.keys(),
  }),
);

builder.mutationFields((t) => ({
  issueKey: t.field({
    type: KeyPayload,
    args: { input: t.arg({ type: IssueKeyInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.issueKey(input),
  }),
  revokeKey: t.field({
    type: Key,
    args: { id: t.arg.id({ required: true, validate: label }) },
    resolve: (_, { id }, { commands }) => commands.revokeKey(id),
  }),
}));
