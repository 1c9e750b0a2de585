// The noun `run`: an agent at work with memories, and what came of it.
import type { RunResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import type { MemoryView } from '../src/domain/memory-view.ts';
import type { Run as RunShape } from '../src/domain/run.ts';
import { builder } from './builder.ts';
import { label, list, name, text } from './checks.ts';
import type { Context } from './context.ts';
import { RunStatus } from './enums.ts';
import { Memory } from './memory.ts';
import { EMPTY } from './memory-inputs.ts';

async function readable(ids: readonly string[], { loaders }: Context): Promise<MemoryView[]> {
  const found = await Promise.all(ids.map((id) => loaders.recordedMemory.load(id)));
  return found.filter((view) => view !== null);
}

const Run = builder.objectRef<RunShape>('Run').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    version: t.exposeInt('revision'),
    agent: t.exposeString('agent'),
    task: t.exposeString('task'),
    namespace: t.exposeString('namespace'),
    status: t.expose('status', { type: RunStatus }),
    memories: t.field({
      type: [Memory],
      description: 'Those that it works with, or did, as far as the caller may read them.',
      complexity: { multiplier: limits.memories },
      resolve: ({ memories }, _args, context) => readable(memories, context),
    }),
    evaluation: t.expose('evaluation', { type: 'JSON' }),
    reflections: t.field({
      type: [Memory],
      description: 'What was learnt of its failure, as far as the caller may read it.',
      complexity: { multiplier: 1 },
      resolve: ({ reflections }, _args, context) => readable(reflections, context),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
  }),
});

const RunPayload = builder.objectRef<RunResult>('RunPayload').implement({
  fields: (t) => ({
    run: t.expose('run', { type: Run }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

const memories = list(label, limits.memories);

const StartRunInput = builder.inputType('StartRunInput', {
  fields: (t) => ({
    id: t.id({ description: '1 to 64 of a-z A-Z 0-9 . _ -; made unless given.', validate: name }),
    task: t.string({ required: true, validate: text(limits.task) }),
    namespace: t.string({ defaultValue: 'default', validate: name }),
    memories: t.idList({ defaultValue: [], validate: memories }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

const CompleteRunInput = builder.inputType('CompleteRunInput', {
  description:
    'Votes for the memories used and, after a failure with an error, records a reflection: all in one append. A second completion is a CONFLICT.',
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    success: t.boolean({ required: true }),
    evaluation: t.field({ type: 'JSON', description: EMPTY }),
    memories: t.idList({ description: 'Those that it did use; all of its memories unless given.', validate: memories }),
    error: t.string({ validate: text(limits.error) }),
    errorPattern: t.string({ validate: text(limits.errorPattern) }),
    autoVote: t.boolean({ defaultValue: true }),
    autoReflect: t.boolean({ defaultValue: true }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

builder.queryField('run', (t) =>
  t.field({
    type: Run,
    nullable: true,
    args: { id: t.arg.id({ required: true, validate: label }) },
    resolve: (_, { id }, { queries }) => queries.run(id),
  }),
);

builder.mutationFields((t) => ({
  startRun: t.field({
    type: RunPayload,
    args: { input: t.arg({ type: StartRunInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.startRun(input),
  }),
  completeRun: t.field({
    type: RunPayload,
    args: { input: t.arg({ type: CompleteRunInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.completeRun(input),
  }),
}));
