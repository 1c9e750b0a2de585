// memory.recorded … memory.forgotten → the document `memory`.
import { evolve, type MemoryEvent } from '../src/domain/memory.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import type { Projection } from './projection.ts';

export const memory: Projection = {
  reads: ({ event, at: { tenant, id } }) => (isMemoryEvent(event) ? [{ kind: 'memory', tenant, id }] : []),

  project({ event, at, position }, documents) {
    if (!isMemoryEvent(event)) return [];
    const before = documents('memory', at) ?? null;
    if (before !== null && before.revision >= at.revision) return [];
    const document = evolve(before, event, at);
    return document === null ? [] : [{ kind: 'memory', tenant: at.tenant, id: at.id, position, document }];
  },
};

function isMemoryEvent(event: DomainEvent): event is MemoryEvent {
  switch (event.type) {
    case 'memory.recorded':
    case 'reflection.recorded':
    case 'memory.revised':
    case 'memory.shared':
    case 'memory.deprecated':
    case 'memory.restored':
    case 'memory.forgotten':
      return true;
    default:
      return false;
  }
}
