// Views made anew while they answer: for the administrator.
import type { Comparison, DocumentCounts, RebuildStatus } from '../src/rebuilding/status.ts';
import type { Build } from '../src/views/view-builds.ts';
import { builder } from './builder.ts';

const RebuildPhase = builder.enumType('RebuildPhase', {
  values: ['IDLE', 'FILLING', 'EMBEDDING', 'COMPARING', 'SWITCHING'] as const,
});

const RebuildResult = builder.enumType('RebuildResult', {
  description:
    'DIFFERENT: filled, but not switched to unless that is accepted. STOPPED: the next rebuild goes on from there.',
  values: ['SWITCHED', 'DIFFERENT', 'FAILED', 'STOPPED'] as const,
});

const ViewBuild = builder.objectRef<Build>('ViewBuild').implement({
  description: 'A whole set of views, and what it was made under.',
  fields: (t) => ({
    id: t.exposeID('id'),
    projections: t.int({ resolve: ({ signature }) => signature.projections }),
    model: t.string({ description: "The embedder's.", resolve: ({ signature }) => signature.model }),
    dimensions: t.int({ resolve: ({ signature }) => signature.dimensions }),
  }),
});

const RebuildDocuments = builder.objectRef<DocumentCounts>('RebuildDocuments').implement({
  fields: (t) => ({
    kind: t.exposeString('kind'),
    documents: t.exposeInt('documents'),
    missing: t.exposeInt('missing', { description: 'Only in the views that answered.' }),
    extra: t.exposeInt('extra', { description: 'Only in the views that were filled.' }),
  }),
});

const RebuildComparison = builder.objectRef<Comparison>('RebuildComparison').implement({
  description: 'The views that were filled, against those that answered.',
  fields: (t) => ({
    documents: t.expose('documents', { type: [RebuildDocuments] }),
    questions: t.exposeInt('questions', { description: "Made from the tenants' own memories; never shown." }),
    same: t.exposeInt('same', { description: 'Questions to which both gave the same answer.' }),
    agreement: t.exposeFloat('agreement', { description: 'The share of an answer that both gave, on the average.' }),
    byWords: t.exposeBoolean('byWords', {
      description: 'By words alone: the two were made with different embedders, or the embedder is away.',
    }),
    matches: t.exposeBoolean('matches'),
  }),
});

const Rebuild = builder.objectRef<RebuildStatus>('Rebuild').implement({
  description: 'How far a rebuild of the views is, and what views there are.',
  fields: (t) => ({
    phase: t.expose('phase', { type: RebuildPhase }),
    done: t.exposeInt('done', { description: 'Of the phase: events, vectors, documents or questions.' }),
    total: t.exposeInt('total', { description: '0 while it is not known.' }),
    trouble: t.exposeString('trouble', { nullable: true, description: 'Why it does not get on; it tries again.' }),
    result: t.field({ type: RebuildResult, nullable: true, resolve: ({ outcome }) => outcome?.result ?? null }),
    reason: t.string({ nullable: true, resolve: ({ outcome }) => outcome?.reason ?? null }),
    endedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ outcome }) => outcome?.at ?? null }),
    comparison: t.expose('comparison', { type: RebuildComparison, nullable: true }),
    serving: t.field({ type: ViewBuild, resolve: ({ builds }) => builds.serving }),
    next: t.field({
      type: ViewBuild,
      nullable: true,
      description: 'Being filled, or filled and not switched to.',
      resolve: ({ builds }) => builds.next,
    }),
    previous: t.field({
      type: ViewBuild,
      nullable: true,
      description: 'What answered before, and can again.',
      resolve: ({ builds }) => builds.previous,
    }),
  }),
});

const ACCEPT = 'Switches although the two differ.';

builder.queryField('rebuild', (t) =>
  t.field({
    type: Rebuild,
    description: 'For ADMIN. As this server knows it.',
    resolve: (_parent, _args, { rebuilding }) => rebuilding.status(),
  }),
);

builder.mutationFields((t) => ({
  rebuildViews: t.field({
    type: Rebuild,
    description:
      'For ADMIN. Fills views beside those that answer, compares them, and switches to them; in the background.',
    args: { accept: t.arg.boolean({ defaultValue: false, description: ACCEPT }) },
    resolve: (_parent, { accept }, { rebuilding }) => rebuilding.start({ accept: accept ?? false }),
  }),
  switchViewsBack: t.field({
    type: Rebuild,
    description: 'For ADMIN. Switches to the views that answered before, when they have caught up; in the background.',
    args: { accept: t.arg.boolean({ defaultValue: false, description: ACCEPT }) },
    resolve: (_parent, { accept }, { rebuilding }) => rebuilding.back({ accept: accept ?? false }),
  }),
  dropViews: t.field({
    type: Rebuild,
    description: 'For ADMIN. Breaks off a rebuild, and removes all views but those that answer.',
    resolve: (_parent, _args, { rebuilding }) => rebuilding.drop(),
  }),
}));
