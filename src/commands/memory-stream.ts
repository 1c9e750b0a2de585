// A memory's stream as commands see it: votes included.
import type { MemoryEvent } from '../domain/memory.ts';
import { readable } from '../domain/memory-decisions.ts';
import { evolve, isMemoryEvent, type MemoryView } from '../domain/memory-view.ts';
import type { VoteEvent } from '../domain/votes.ts';
import type { EventLog } from '../log/event-log.ts';
import { isUuid } from './ids.ts';
import type { Noun } from './noun.ts';
import { loadStream, type Stream } from './stream.ts';

export type MemoryNoun = Noun<MemoryView, MemoryEvent | VoteEvent>;
export type MemoryStream = Stream<MemoryView, MemoryEvent | VoteEvent>;

export const memoryNoun: MemoryNoun = {
  category: 'memory',
  title: 'the memory',
  isId: isUuid,
  includes: isMemoryEvent,
  evolve,
  readable,
};

export const loadMemory = (log: EventLog, tenant: string, id: string): Promise<MemoryStream> =>
  loadStream(log, memoryNoun, tenant, id);
