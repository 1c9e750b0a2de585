// What could not be projected: for the administrator, who sees to it that it can, and has it tried again.
import type { RetryResult } from '../src/commands/context.ts';
import { limits } from '../src/domain/limits.ts';
import type { ParkedStream as ParkedStreamShape } from '../src/views/view-store.ts';
import { builder } from './builder.ts';
import { text } from './checks.ts';
import { MIN_POSITION } from './page-info.ts';

const ParkedStream = builder.objectRef<ParkedStreamShape>('ParkedStream').implement({
  description: 'A stream of which an event could not be projected: it and what follows it are left out of reads.',
  fields: (t) => ({
    stream: t.exposeString('stream'),
    position: t.expose('position', { type: 'Position', description: 'Of the first event that is left out.' }),
    type: t.exposeString('type', { description: 'Of that event.' }),
    reason: t.exposeString('reason'),
    events: t.exposeInt('events', { description: 'How many are left out so far.' }),
    since: t.expose('since', { type: 'DateTime' }),
  }),
});

const RetryPayload = builder.objectRef<RetryResult>('RetryPayload').implement({
  fields: (t) => ({
    parked: t.expose('parked', { type: [ParkedStream], description: 'What is parked still.' }),
    position: t.expose('position', { type: 'Position', description: 'When reads have it, it was tried.' }),
  }),
});

builder.queryField('parkedStreams', (t) =>
  t.field({
    type: [ParkedStream],
    description: 'For ADMIN.',
    args: { minPosition: t.arg({ type: 'Position', description: MIN_POSITION }) },
    resolve: (_parent, { minPosition }, { queries }) => queries.parkedStreams(minPosition ?? null),
  }),
);

builder.mutationField('retryParked', (t) =>
  t.field({
    type: RetryPayload,
    description: 'For ADMIN. Tries again what was left out of reads, whichever server is asked.',
    args: {
      stream: t.arg.string({ description: 'All unless given.', validate: text(2 * limits.label) }),
    },
    resolve: (_parent, { stream }, { commands }) => commands.retryParked(stream ?? null),
  }),
);
