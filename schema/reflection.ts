// The noun `reflection`: recording what was learnt.

import { z } from 'zod';
import { limits } from '../src/domain/limits.ts';
import { lessonTypes } from '../src/queries/playbook.ts';
import { builder } from './builder.ts';
import { atMost, label, list, name, text } from './checks.ts';
import { MemoryType, Scope } from './enums.ts';
import { EMPTY, SharedWithInput, SourceInput } from './memory-inputs.ts';
import { MemoryPayload } from './memory-mutations.ts';

export const lessonType = z.enum(lessonTypes, 'must be REFLECTION or STRATEGY');

export const RecordReflectionInput = builder.inputType('RecordReflectionInput', {
  fields: (t) => ({
    content: t.string({ required: true, validate: text(limits.content) }),
    errorPattern: t.string({ validate: text(limits.errorPattern) }),
    correctApproach: t.string({ validate: text(limits.correctApproach) }),
    applicableContexts: t.stringList({
      defaultValue: [],
      validate: list(text(limits.applicableContext), limits.applicableContexts),
    }),
    trajectory: t.string({ validate: text(limits.trajectory) }),
    type: t.field({
      type: MemoryType,
      description: 'REFLECTION or STRATEGY',
      defaultValue: 'REFLECTION',
      validate: lessonType,
    }),
    namespace: t.string({ defaultValue: 'default', validate: name }),
    scope: t.field({ type: Scope, defaultValue: 'GLOBAL' }),
    sharedWith: t.field({ type: SharedWithInput }),
    user: t.string({ validate: label }),
    metadata: t.field({ type: 'JSON', description: EMPTY }),
    sources: t.field({ type: [SourceInput], defaultValue: [], validate: atMost(limits.sources) }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

builder.mutationField('recordReflection', (t) =>
  t.field({
    type: MemoryPayload,
    args: { input: t.arg({ type: RecordReflectionInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.recordReflection(input),
  }),
);
