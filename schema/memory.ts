// The noun `memory`: what one is made of.
import { type GraphQLResolveInfo, OperationTypeNode } from 'graphql';
import { type Effectiveness as EffectivenessShape, effectivenessOf } from '../src/domain/effectiveness.ts';
import {
  type Deprecation as DeprecationShape,
  type Lesson as LessonShape,
  type SharedWith as SharedWithShape,
  type Source as SourceShape,
  sourcesFor,
} from '../src/domain/memory.ts';
import { type MemoryView, versionOf } from '../src/domain/memory-view.ts';
import type { Vote as VoteShape } from '../src/domain/votes.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { MemoryType, Scope, VoteValue } from './enums.ts';
import { HistoryEntry } from './history.ts';

export const Memory = builder.objectRef<MemoryView>('Memory');

const SharedWith = builder.objectRef<SharedWithShape>('SharedWith').implement({
  fields: (t) => ({ agents: t.exposeStringList('agents'), teams: t.exposeStringList('teams') }),
});

/** What a payload names may have been written a moment before: the views may not have it yet, the log has. */
const loaderIn = ({ loaders }: Context, { operation }: GraphQLResolveInfo): Context['loaders']['memory'] =>
  operation.operation === OperationTypeNode.MUTATION ? loaders.recordedMemory : loaders.memory;

const Deprecation = builder.objectRef<DeprecationShape>('Deprecation').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeString('by'),
    reason: t.exposeString('reason', { nullable: true }),
    supersededBy: t.field({
      type: Memory,
      nullable: true,
      resolve: ({ supersededBy }, _args, context, info) =>
        supersededBy === null ? null : loaderIn(context, info).load(supersededBy),
    }),
  }),
});

const Effectiveness = builder.objectRef<EffectivenessShape>('Effectiveness').implement({
  fields: (t) => ({
    score: t.exposeFloat('score', { description: '(helpful − harmful) / (helpful + harmful + 1); 0 without votes.' }),
    confidence: t.exposeFloat('confidence', {
      description: 'Wilson lower bound (95 %) of the helpful share; 0 without votes.',
    }),
    helpful: t.exposeInt('helpful'),
    harmful: t.exposeInt('harmful'),
  }),
});

const Vote = builder.objectRef<VoteShape>('Vote').implement({
  fields: (t) => ({
    voter: t.exposeString('voter'),
    task: t.exposeString('task', { nullable: true }),
    value: t.expose('value', { type: VoteValue }),
    context: t.exposeString('context', { nullable: true }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
});

export const Lesson = builder.objectRef<LessonShape>('Lesson').implement({
  fields: (t) => ({
    errorPattern: t.exposeString('errorPattern', { nullable: true }),
    correctApproach: t.exposeString('correctApproach', { nullable: true }),
    applicableContexts: t.exposeStringList('applicableContexts'),
    trajectory: t.exposeString('trajectory', { nullable: true }),
  }),
});

/** With the memory that it names, for who may read it. */
type LoadedSource = { source: SourceShape; view: MemoryView | null };

const Source = builder.objectRef<LoadedSource>('Source').implement({
  fields: (t) => ({
    memory: t.field({ type: Memory, nullable: true, resolve: ({ view }) => view }),
    message: t.string({ nullable: true, resolve: ({ source }) => source.message }),
    session: t.id({ nullable: true, resolve: ({ source }) => source.session }),
    quote: t.string({ nullable: true, resolve: ({ source }) => source.quote }),
  }),
});

async function loadSources(
  sources: readonly SourceShape[],
  loader: Context['loaders']['memory'],
): Promise<LoadedSource[]> {
  const named = sources.flatMap(({ memory }) => memory ?? []);
  const views = await Promise.all(named.map(async (id) => [id, await loader.load(id)] as const));
  const found = new Map(views);
  const viewOf = (id: string | null) => (id === null ? null : (found.get(id) ?? null));
  return sourcesFor(sources, (id) => viewOf(id) !== null).map((source) => ({ source, view: viewOf(source.memory) }));
}

Memory.implement({
  fields: (t) => ({
    id: t.id({ resolve: ({ memory }) => memory.id }),
    version: t.int({ description: 'The revision of its stream; pass it as expectedVersion.', resolve: versionOf }),
    type: t.field({ type: MemoryType, resolve: ({ memory }) => memory.type }),
    content: t.string({ resolve: ({ memory }) => memory.content }),
    metadata: t.field({ type: 'JSON', resolve: ({ memory }) => memory.metadata }),
    namespace: t.string({ resolve: ({ memory }) => memory.namespace }),
    scope: t.field({ type: Scope, resolve: ({ memory }) => memory.scope }),
    sharedWith: t.field({ type: SharedWith, resolve: ({ memory }) => memory.sharedWith }),
    agent: t.string({ description: 'The agent that owns it.', resolve: ({ memory }) => memory.agent }),
    author: t.string({
      description: 'Who said or found it; the agent itself unless named.',
      resolve: ({ memory }) => memory.author,
    }),
    user: t.string({
      description: 'The person it is about, if any.',
      nullable: true,
      resolve: ({ memory }) => memory.user,
    }),
    session: t.id({ nullable: true, resolve: ({ memory }) => memory.session }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When it was said or became true; createdAt unless given.',
      resolve: ({ memory }) => memory.occurredAt,
    }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ memory }) => memory.createdAt }),
    updatedAt: t.field({ type: 'DateTime', resolve: ({ memory }) => memory.updatedAt }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ memory }) => memory.expiresAt }),
    deprecation: t.field({ type: Deprecation, nullable: true, resolve: ({ memory }) => memory.deprecation }),
    effectiveness: t.field({ type: Effectiveness, resolve: ({ votes }) => effectivenessOf(votes.votes) }),
    votes: t.field({
      type: [Vote],
      description: "The caller's votes on it, newest first; a tenant key sees all.",
      resolve: ({ votes }, _args, { caller }) => votes.votes.filter(({ voter }) => (caller.agent ?? voter) === voter),
    }),
    lesson: t.field({
      type: Lesson,
      description: 'For REFLECTION and STRATEGY.',
      nullable: true,
      resolve: ({ memory }) => memory.lesson,
    }),
    sources: t.field({
      type: [Source],
      description: 'What it was derived from, as far as the caller may read it.',
      resolve: ({ memory }, _args, context, info) => loadSources(memory.sources, loaderIn(context, info)),
    }),
    history: t.field({
      type: [HistoryEntry],
      description: 'Every event of its stream that the caller may see, oldest first.',
      complexity: { field: 20, multiplier: 10 },
      resolve: ({ memory }, _args, { loaders }) => loaders.history.load(memory.id),
    }),
  }),
});
