// memory.recorded … memory.forgotten → the document `memory`.
import { evolve, type MemoryEvent } from '../src/domain/memory.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import { folding } from './projection.ts';

export const memory = folding('memory', isMemoryEvent, evolve);

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
