// Changing a memory that is there. Its owner may, and the tenant's operator.

import { deprecate, forget, restore, revise } from '../domain/memory-decisions.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { type Change, change } from './change.ts';
import type { CommandContext, ForgetResult, MemoryResult } from './context.ts';
import { deprecatingOf, revisingOf } from './defaults.ts';
import type { DeprecateMemoryInput, ForgetMemoryInput, RestoreMemoryInput, ReviseMemoryInput } from './inputs.ts';
import { memoryNoun } from './memory-stream.ts';
import { checkReferences } from './references.ts';
import { within } from './request.ts';

export const reviseMemory = (context: CommandContext, input: ReviseMemoryInput): Promise<MemoryResult> => {
  const given = revisingOf(input);
  return changed(context, input, { decide: ({ memory }, reader, now) => revise(memory, given, reader, now) });
};

export const deprecateMemory = (context: CommandContext, input: DeprecateMemoryInput): Promise<MemoryResult> => {
  const given = deprecatingOf(input);
  return changed(context, input, {
    decide: ({ memory }, reader) => deprecate(memory, given, reader),
    require: (reader, now) => checkReferences(context.log, reader, now, { supersededBy: given.supersededBy }),
  });
};

export const restoreMemory = (context: CommandContext, input: RestoreMemoryInput): Promise<MemoryResult> =>
  changed(context, input, { decide: ({ memory }, reader) => restore(memory, reader) });

export async function forgetMemory(context: CommandContext, input: ForgetMemoryInput): Promise<ForgetResult> {
  const { id, expectedVersion, commandId, reason = null } = input;
  const { position } = await change(context, memoryNoun, {
    id,
    expectedVersion,
    commandId,
    answersGone: true,
    decide: ({ memory }, reader) => forget(memory, reason, reader),
  });
  return { id, position };
}

async function changed(
  context: CommandContext,
  { id, expectedVersion, commandId }: RestoreMemoryInput,
  how: Pick<Change<MemoryView>, 'decide' | 'require'>,
): Promise<MemoryResult> {
  const given = { id, expectedVersion, commandId, ...how };
  const { state, position } = await within('input', () => change(context, memoryNoun, given));
  return { memory: state, position, duplicate: false };
}
