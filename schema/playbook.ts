// The noun `playbook`: what the team has learnt for a task.
import { limits } from '../src/domain/limits.ts';
import {
  lessonTypes,
  type PlaybookEntry as PlaybookEntryShape,
  type Playbook as PlaybookShape,
} from '../src/queries/playbook.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { label, list, number, pageSize, text } from './checks.ts';
import { MemoryType } from './enums.ts';
import { Lesson, Memory } from './memory.ts';
import { lessonType } from './reflection.ts';
import { Explain } from './search.ts';

const FIRST = 20;

const PlaybookEntry = builder.objectRef<PlaybookEntryShape>('PlaybookEntry').implement({
  description:
    'score: (similarity + 4 × coverage²) × (1 + effectiveness) × decay; a similarity below 0 counts 0, and effectiveness is weighed by how sure it is.',
  fields: (t) => ({
    memory: t.field({ type: Memory, resolve: (entry) => entry }),
    lesson: t.expose('lesson', { type: Lesson }),
    score: t.exposeFloat('score'),
    explain: t.expose('explain', { type: Explain }),
  }),
});

const Playbook = builder.objectRef<PlaybookShape>('Playbook').implement({
  fields: (t) => ({
    entries: t.expose('entries', { type: [PlaybookEntry], complexity: { multiplier: 1 } }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

const PlaybookInput = builder.inputType('PlaybookInput', {
  fields: (t) => ({
    query: t.string({ required: true, validate: text(limits.query) }),
    namespaces: t.stringList({ validate: list(label) }),
    types: t.field({
      type: [MemoryType],
      description: 'REFLECTION and STRATEGY, or one of them.',
      defaultValue: [...lessonTypes],
      validate: list(lessonType),
    }),
    contexts: t.stringList({
      description: 'Lessons for one of these contexts, and those that name none.',
      defaultValue: [],
      validate: list(text(limits.applicableContext)),
    }),
    minEffectiveness: t.float({ defaultValue: -1, validate: number(-1, 1) }),
    first: t.int({ defaultValue: FIRST, validate: pageSize }),
    minPosition: t.field({ type: 'Position' }),
    asOf: t.field({ type: AsOf, description: AS_OF }),
  }),
});

builder.queryField('playbook', (t) =>
  t.field({
    type: Playbook,
    args: { input: t.arg({ type: PlaybookInput, required: true }) },
    complexity: ({ input }) => ({ field: 50, multiplier: input.first ?? FIRST }),
    resolve: (_, { input }, { queries }) =>
      queries.playbook({
        query: input.query,
        namespaces: input.namespaces ?? null,
        types: input.types ?? lessonTypes,
        contexts: input.contexts ?? [],
        minEffectiveness: input.minEffectiveness ?? -1,
        first: input.first ?? FIRST,
        minPosition: input.minPosition ?? null,
        asOf: toAsOf(input.asOf),
      }),
  }),
);
