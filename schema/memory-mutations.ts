// Recording and changing memories.
import type { ForgetResult, MemoriesResult, MemoryResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { atMost, label, text, version } from './checks.ts';
import { Memory } from './memory.ts';
import { DeprecateMemoryInput, RecordMemoryInput, RestoreMemoryInput, ReviseMemoryInput } from './memory-inputs.ts';

export const MemoryPayload = builder.objectRef<MemoryResult>('MemoryPayload').implement({
  description: 'memory: as it is after the command. duplicate: dedupe found it.',
  fields: (t) => ({
    memory: t.expose('memory', { type: Memory }),
    position: t.expose('position', { type: 'Position' }),
    duplicate: t.exposeBoolean('duplicate'),
  }),
});

const MemoriesPayload = builder.objectRef<MemoriesResult>('MemoriesPayload').implement({
  fields: (t) => ({
    memories: t.expose('memories', { type: [Memory], complexity: { multiplier: limits.batch } }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

const ForgetPayload = builder.objectRef<ForgetResult>('ForgetPayload').implement({
  fields: (t) => ({ id: t.exposeID('id'), position: t.expose('position', { type: 'Position' }) }),
});

builder.mutationFields((t) => ({
  recordMemory: t.field({
    type: MemoryPayload,
    args: { input: t.arg({ type: RecordMemoryInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.recordMemory(input),
  }),
  recordMemories: t.field({
    type: MemoriesPayload,
    description: 'Up to 100, all or none.',
    args: {
      input: t.arg({ type: [RecordMemoryInput], required: true, validate: atMost(limits.batch) }),
      commandId: t.arg.id({ validate: text(limits.commandId) }),
    },
    resolve: (_, { input, commandId }, { commands }) => commands.recordMemories(input, commandId),
  }),
  reviseMemory: t.field({
    type: MemoryPayload,
    args: { input: t.arg({ type: ReviseMemoryInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.reviseMemory(input),
  }),
  deprecateMemory: t.field({
    type: MemoryPayload,
    args: { input: t.arg({ type: DeprecateMemoryInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.deprecateMemory(input),
  }),
  restoreMemory: t.field({
    type: MemoryPayload,
    args: { input: t.arg({ type: RestoreMemoryInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.restoreMemory(input),
  }),
  forgetMemory: t.field({
    type: ForgetPayload,
    description: 'No read returns it again; its history stays for audit.',
    args: {
      id: t.arg.id({ required: true, validate: label }),
      reason: t.arg.string({ validate: text(limits.reason) }),
      expectedVersion: t.arg.int({ validate: version }),
      commandId: t.arg.id({ validate: text(limits.commandId) }),
    },
    resolve: (_, args, { commands }) => commands.forgetMemory(args),
  }),
}));
