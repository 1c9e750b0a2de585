// The inputs of `handoff`'s mutations. What is left out gets its default in the command.
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { integer, label, list, name, text, ttl, version } from './checks.ts';
import { EMPTY } from './memory-inputs.ts';

const RecipientInput = builder.inputType('RecipientInput', {
  isOneOf: true,
  fields: (t) => ({ agent: t.string({ validate: name }), team: t.string({ validate: name }) }),
});

export const OfferHandoffInput = builder.inputType('OfferHandoffInput', {
  fields: (t) => ({
    to: t.field({ type: RecipientInput, required: true }),
    task: t.string({ required: true, description: '1 to 10,000 characters.', validate: text(limits.task) }),
    context: t.field({ type: 'JSON', description: EMPTY }),
    memories: t.idList({
      description: 'Up to 100; each must be readable by the sender.',
      defaultValue: [],
      validate: list(label, limits.memories),
    }),
    recall: t.int({
      description:
        'Also add the memories that fit the task best, at most this many (0 to 50), of those that the recipient may read.',
      defaultValue: 0,
      validate: integer(0, limits.recall),
    }),
    session: t.id({ validate: name }),
    ttl: t.int({ description: 'Seconds until it expires, unless it was answered.', validate: ttl }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

export const AnswerHandoffInput = builder.inputType('AnswerHandoffInput', {
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    reason: t.string({ validate: text(limits.reason) }),
    result: t.string({ description: 'For completeHandoff.', validate: text(limits.result) }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});
