// The noun `feature`: what a team of agents builds and verifies.
import type { FeatureResult } from '../src/commands/context.ts';
import { type Feature as FeatureShape, featureKey } from '../src/domain/feature.ts';
import { limits } from '../src/domain/limits.ts';
import { type FeatureSummary as FeatureSummaryShape, MOST_FEATURES } from '../src/queries/features.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { label, list, name, text, version } from './checks.ts';
import { FeatureStatus } from './enums.ts';
import { HistoryEntry } from './history.ts';
import { MIN_POSITION } from './page-info.ts';

const Feature = builder.objectRef<FeatureShape>('Feature').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    version: t.exposeInt('revision', { description: 'The revision of its stream; pass it as expectedVersion.' }),
    namespace: t.exposeString('namespace'),
    description: t.exposeString('description'),
    category: t.exposeString('category', { nullable: true }),
    session: t.exposeID('session', { nullable: true }),
    status: t.expose('status', { type: FeatureStatus }),
    testSteps: t.exposeStringList('testSteps'),
    passes: t.exposeBoolean('passes', {
      description: 'True only once a verifier has said so; false again after a failure.',
    }),
    implementedBy: t.exposeString('implementedBy', { nullable: true }),
    verifiedBy: t.exposeString('verifiedBy', { nullable: true }),
    notes: t.exposeString('notes', { nullable: true }),
    failureReason: t.exposeString('failureReason', { nullable: true }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    history: t.field({
      type: [HistoryEntry],
      description: 'Every event of its stream, oldest first.',
      complexity: { field: 20, multiplier: 10 },
      resolve: ({ namespace, id }, _args, { loaders }) => loaders.featureHistory.load(featureKey(namespace, id)),
    }),
  }),
});

const FeaturePayload = builder.objectRef<FeatureResult>('FeaturePayload').implement({
  fields: (t) => ({
    feature: t.expose('feature', { type: Feature }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

const FeatureSummary = builder.objectRef<FeatureSummaryShape>('FeatureSummary').implement({
  description: 'The counts are over all that was asked for.',
  fields: (t) => ({
    nodes: t.expose('nodes', {
      type: [Feature],
      description: `The last updated first, at most ${MOST_FEATURES.toLocaleString('en')}.`,
      complexity: { multiplier: 100 },
    }),
    total: t.exposeInt('total'),
    passing: t.exposeInt('passing'),
    failing: t.exposeInt('failing', { description: 'Those that are FAILED.' }),
    inProgress: t.exposeInt('inProgress', { description: 'Those that are IN_PROGRESS.' }),
  }),
});

const DeclareFeatureInput = builder.inputType('DeclareFeatureInput', {
  fields: (t) => ({
    id: t.id({ required: true, description: '1 to 64 of a-z A-Z 0-9 . _ -', validate: name }),
    namespace: t.string({ defaultValue: 'default', validate: name }),
    description: t.string({ required: true, validate: text(limits.description) }),
    category: t.string({ validate: label }),
    session: t.id({ validate: name }),
    testSteps: t.stringList({ defaultValue: [], validate: list(text(limits.testStep), limits.testSteps) }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

const UpdateFeatureInput = builder.inputType('UpdateFeatureInput', {
  fields: (t) => ({
    id: t.id({ required: true, validate: label }),
    namespace: t.string({ defaultValue: 'default', validate: name }),
    status: t.field({ type: FeatureStatus, required: true }),
    implementedBy: t.string({ validate: name }),
    verifiedBy: t.string({ description: 'The acting agent and nobody else.', validate: name }),
    notes: t.string({ validate: text(limits.notes) }),
    failureReason: t.string({ validate: text(limits.reason) }),
    expectedVersion: t.int({ validate: version }),
    commandId: t.id({ validate: text(limits.commandId) }),
  }),
});

builder.queryFields((t) => ({
  feature: t.field({
    type: Feature,
    nullable: true,
    args: {
      id: t.arg.id({ required: true, validate: label }),
      namespace: t.arg.string({ defaultValue: 'default', validate: name }),
      asOf: t.arg({ type: AsOf, description: AS_OF }),
    },
    resolve: (_, { id, namespace, asOf }, { queries }) => queries.feature(namespace ?? 'default', id, toAsOf(asOf)),
  }),
  features: t.field({
    type: FeatureSummary,
    args: {
      namespace: t.arg.string({ defaultValue: 'default', validate: name }),
      session: t.arg.id({ validate: label }),
      status: t.arg({ type: FeatureStatus }),
      minPosition: t.arg({ type: 'Position', description: MIN_POSITION }),
    },
    complexity: { field: 20 },
    resolve: (_, { namespace, session, status, minPosition }, { queries }) =>
      queries.features({
        namespace: namespace ?? 'default',
        session: session ?? null,
        status: status ?? null,
        minPosition: minPosition ?? null,
      }),
  }),
}));

builder.mutationFields((t) => ({
  declareFeature: t.field({
    type: FeaturePayload,
    args: { input: t.arg({ type: DeclareFeatureInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.declareFeature(input),
  }),
  updateFeature: t.field({
    type: FeaturePayload,
    args: { input: t.arg({ type: UpdateFeatureInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.updateFeature(input),
  }),
}));
