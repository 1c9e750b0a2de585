// Recording memories and reflections. Only an acting agent records, and owns what it recorded.
import { actingAgent } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { record, reflect } from '../domain/recording.ts';
import type { CommandContext, MemoriesResult, MemoryResult } from './context.ts';
import { newMemoryOf, newReflectionOf } from './defaults.ts';
import type { Item } from './drafts.ts';
import type { Maybe, RecordMemoryInput, RecordReflectionInput } from './inputs.ts';
import { recordBatch } from './record-batch.ts';
import { within } from './request.ts';

export async function recordMemory(context: CommandContext, input: RecordMemoryInput): Promise<MemoryResult> {
  const { agent } = actingAgent(context.caller);
  return recordOne(context, itemOf(input, agent), input.commandId);
}

export async function recordMemories(
  context: CommandContext,
  inputs: readonly RecordMemoryInput[],
  commandId?: string | null,
): Promise<MemoriesResult> {
  const { agent } = actingAgent(context.caller);
  if (inputs.length === 0) throw failure('INVALID_INPUT', 'input names no memory', { field: 'input' });
  if (inputs.length > limits.batch)
    throw failure('INVALID_INPUT', `input has more than ${limits.batch} memories`, {
      field: 'input',
      limit: limits.batch,
    });
  const items = inputs.map(
    (input, index): Item => ({
      ...itemOf(input, agent),
      path: `input.${index}`,
      commandId: input.commandId ?? null,
    }),
  );
  const results = await recordBatch(context, items, commandId);
  const positions = results.map(({ position }) => position).sort();
  return { memories: results.map(({ memory }) => memory), position: positions.at(-1) ?? context.log.start };
}

export async function recordReflection(context: CommandContext, input: RecordReflectionInput): Promise<MemoryResult> {
  const { agent } = actingAgent(context.caller);
  const given = newReflectionOf(input);
  const item: Item = { path: '', dedupe: false, commandId: null, decide: (now) => reflect(given, agent, now) };
  return recordOne(context, item, input.commandId);
}

function itemOf(input: RecordMemoryInput, agent: string): Item {
  const given = newMemoryOf(input);
  return { path: '', dedupe: input.dedupe ?? false, commandId: null, decide: (now) => record(given, agent, now) };
}

async function recordOne(context: CommandContext, item: Item, commandId: Maybe<string>): Promise<MemoryResult> {
  const [result] = await within('input', () => recordBatch(context, [item], commandId));
  if (result === undefined) throw failure('INTERNAL', 'a recording without a result');
  return result;
}
