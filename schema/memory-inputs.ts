// The inputs of `memory`'s mutations. What is left out gets its default in the command.
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { atMost, label, list, name, text, ttl, version } from './checks.ts';
import { MemoryType, Scope } from './enums.ts';

/** graphql 16 cannot show a scalar's default that is an object, so it is said in words. */
export const EMPTY = 'Empty unless given.';

export const SharedWithInput = builder.inputType('SharedWithInput', {
  fields: (t) => ({
    agents: t.stringList({ defaultValue: [], validate: list(name, limits.sharedWith) }),
    teams: t.stringList({ defaultValue: [], validate: list(name, limits.sharedWith) }),
  }),
});

export const SourceInput = builder.inputType('SourceInput', {
  fields: (t) => ({
    memory: t.id({ validate: label }),
    message: t.string({ validate: label }),
    session: t.id({ validate: label }),
    quote: t.string({ validate: text(limits.quote) }),
  }),
});

export const RecordMemoryInput = builder.inputType('RecordMemoryInput', {
  fields: (t) => ({
    content: t.string({ required: true, description: '1 to 100,000 characters.', validate: text(limits.content) }),
    type: t.field({ type: MemoryType, defaultValue: 'STANDARD' }),
    namespace: t.string({ description: '1 to 64 of a-z A-Z 0-9 . _ -', defaultValue: 'default', validate: name }),
    scope: t.field({ type: Scope, defaultValue: 'AGENT_PRIVATE' }),
    sharedWith: t.field({
      type: SharedWithInput,
      description: "Only with AGENT_SHARED; with neither named, the owner's teams.",
    }),
    author: t.string({ validate: label }),
    user: t.string({ validate: label }),
    session: t.id({ validate: label }),
    occurredAt: t.field({ type: 'DateTime' }),
    metadata: t.field({ type: 'JSON', description: EMPTY }),
    ttl: t.int({ description: 'Seconds to live; afterwards no read returns it.', validate: ttl }),
    sources: t.field({ type: [SourceInput], defaultValue: [], validate: atMost(limits.sources) }),
    dedupe: t.boolean({
      description:
        'Answer the existing memory when the same agent already holds the same text, trimmed and case-folded, in the same namespace, user and scope.',
      defaultValue: false,
    }),
    commandId: t.id({
      description: 'Makes a retry safe: the same id answers the first result.',
      validate: text(limits.commandId),
    }),
  }),
});

export const ReviseMemoryInput = builder.inputType('ReviseMemoryInput', {
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    content: t.string({ validate: text(limits.content) }),
    metadata: t.field({ type: 'JSON', description: 'Merged into the metadata key by key; null removes a key.' }),
    scope: t.field({ type: Scope }),
    sharedWith: t.field({ type: SharedWithInput }),
    expiresAt: t.field({ type: 'DateTime', description: 'null makes it lasting.' }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

export const DeprecateMemoryInput = builder.inputType('DeprecateMemoryInput', {
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    reason: t.string({ validate: text(limits.reason) }),
    supersededBy: t.id({ validate: label }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

export const RestoreMemoryInput = builder.inputType('RestoreMemoryInput', {
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});
