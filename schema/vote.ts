// The noun `vote`: whether a memory helped.
import type { MemoryResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { label, text } from './checks.ts';
import { VoteValue } from './enums.ts';
import { Memory } from './memory.ts';

const VotePayload = builder.objectRef<MemoryResult>('VotePayload').implement({
  fields: (t) => ({
    memory: t.expose('memory', { type: Memory }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

export const VoteInput = builder.inputType('VoteInput', {
  fields: (t) => ({
    memory: t.id({ required: true, validate: label }),
    value: t.field({ type: VoteValue, required: true }),
    task: t.string({ validate: text(limits.voteTask) }),
    context: t.string({ validate: text(limits.voteContext) }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

const RetractVoteInput = builder.inputType('RetractVoteInput', {
  fields: (t) => ({
    memory: t.id({ required: true, validate: label }),
    task: t.string({ validate: text(limits.voteTask) }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

builder.mutationFields((t) => ({
  vote: t.field({
    type: VotePayload,
    args: { input: t.arg({ type: VoteInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.vote(input),
  }),
  retractVote: t.field({
    type: VotePayload,
    args: { input: t.arg({ type: RetractVoteInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.retractVote(input),
  }),
}));
