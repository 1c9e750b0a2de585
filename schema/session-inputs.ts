// The inputs of `session`'s mutations. What is left out gets its default in the command.
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { atMost, integer, label, list, name, text, version } from './checks.ts';
import { SessionStatus } from './enums.ts';

const items = list(text(limits.item), limits.items);
const total = integer(1, limits.total);

export const StartSessionInput = builder.inputType('StartSessionInput', {
  fields: (t) => ({
    id: t.id({ description: '1 to 64 of a-z A-Z 0-9 . _ -; made unless given.', validate: name }),
    title: t.string({ validate: text(limits.title) }),
    agent: t.string({ description: 'The acting agent unless given.', validate: name }),
    user: t.string({ validate: label }),
    namespace: t.string({ defaultValue: 'default', validate: name }),
    items: t.stringList({ description: 'What is to be done next.', defaultValue: [], validate: items }),
    total: t.int({ description: 'How many items there will be, where that is known.', validate: total }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

const BlockedItemInput = builder.inputType('BlockedItemInput', {
  fields: (t) => ({
    name: t.string({ required: true, validate: text(limits.item) }),
    reason: t.string({ required: true, validate: text(limits.reason) }),
  }),
});

export const ProgressSessionInput = builder.inputType('ProgressSessionInput', {
  description:
    'A delta: only what it names changes, so concurrent deltas never undo one another. An item has the status it was given last in log order.',
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    completed: t.stringList({ defaultValue: [], validate: items }),
    inProgress: t.stringList({ defaultValue: [], validate: items }),
    next: t.stringList({ defaultValue: [], validate: items }),
    blocked: t.field({ type: [BlockedItemInput], defaultValue: [], validate: atMost(limits.items) }),
    removed: t.stringList({ defaultValue: [], validate: items }),
    summary: t.string({ validate: text(limits.summary) }),
    lastAction: t.string({ validate: text(limits.lastAction) }),
    status: t.field({ type: SessionStatus }),
    total: t.int({ validate: total }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});
