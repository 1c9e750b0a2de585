// Memories as they change.
import type { Heartbeat as HeartbeatShape } from '../src/live/cursor.ts';
import type { MemoryChanged as MemoryChangedShape } from '../src/live/memories.ts';
import { builder } from './builder.ts';
import { Memory } from './memory.ts';
import { MemoryFilter, toViewFilter, wholeFilter } from './memory-filter.ts';
import { AFTER, Heartbeat } from './subscription.ts';

const MemoryChanged = builder.objectRef<MemoryChangedShape>('MemoryChanged').implement({
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    event: t.exposeString('event'),
    id: t.exposeID('id'),
    memory: t.expose('memory', {
      type: Memory,
      description: 'As it was after the event; null once it is gone, or no longer visible through the filter.',
      nullable: true,
    }),
  }),
});

const MemoryNotice = builder.unionType('MemoryNotice', {
  types: [MemoryChanged, Heartbeat],
  resolveType: ({ kind }: MemoryChangedShape | HeartbeatShape) => (kind === 'heartbeat' ? Heartbeat : MemoryChanged),
});

builder.subscriptionField('memories', (t) =>
  t.field({
    type: MemoryNotice,
    args: {
      after: t.arg({ type: 'Position', description: AFTER }),
      filter: t.arg({ type: MemoryFilter, validate: wholeFilter }),
    },
    subscribe: (_, { after, filter }, { live }) =>
      live.memories(after ?? null, {
        filter: toViewFilter(filter),
        includeDeprecated: filter?.includeDeprecated ?? false,
      }),
    resolve: ({ notice }) => notice,
  }),
);
