// The noun `delta`: many changes of memories at once, all or none.
import type { DeltaResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import { builder } from './builder.ts';
import { atMost, text } from './checks.ts';
import { Memory } from './memory.ts';
import { DeprecateMemoryInput, RecordMemoryInput, ReviseMemoryInput } from './memory-inputs.ts';
import { RecordReflectionInput } from './reflection.ts';
import { VoteInput } from './vote.ts';

const DeltaOperation = builder.inputType('DeltaOperation', {
  isOneOf: true,
  fields: (t) => ({
    record: t.field({ type: RecordMemoryInput }),
    revise: t.field({ type: ReviseMemoryInput }),
    deprecate: t.field({ type: DeprecateMemoryInput }),
    vote: t.field({ type: VoteInput }),
    reflect: t.field({ type: RecordReflectionInput }),
  }),
});

const ApplyDeltaInput = builder.inputType('ApplyDeltaInput', {
  description: 'Up to 100 operations; all happen or none does.',
  fields: (t) => ({
    operations: t.field({ type: [DeltaOperation], required: true, validate: atMost(limits.operations) }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

const DeltaPayload = builder.objectRef<DeltaResult>('DeltaPayload').implement({
  fields: (t) => ({
    memories: t.expose('memories', {
      type: [Memory],
      description: 'One an operation, in their order: as it is after all of them.',
      complexity: { multiplier: limits.operations },
    }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

builder.mutationField('applyDelta', (t) =>
  t.field({
    type: DeltaPayload,
    args: { input: t.arg({ type: ApplyDeltaInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.applyDelta(input),
  }),
);
