// What of an event's data is not for whoever may see the event.
import type { JsonObject } from '../domain/event.ts';
import { type MemoryEvent, sourcesFor } from '../domain/memory.ts';
import type { DecodedEvent } from '../events/codec.ts';

type DomainEvent = DecodedEvent['event'];
type Recording = Extract<MemoryEvent, { data: { sources: unknown } }>;

/** For the tenant's operator: all but a key's hash. */
export function withoutSecrets(event: DomainEvent): JsonObject {
  if (event.type !== 'key.issued') return event.data;
  const { hash: _, ...data } = event.data;
  return data;
}

/** The other memories that an event names. */
export function memoriesIn(event: DomainEvent): string[] {
  if (isRecording(event)) return event.data.sources.flatMap(({ memory }) => memory ?? []);
  if (event.type === 'memory.deprecated') return event.data.supersededBy === null ? [] : [event.data.supersededBy];
  if (event.type === 'handoff.offered') return event.data.memories;
  return [];
}

/** For an agent: without the names of memories that it may not read; it is not to know that there are such. */
export function withoutUnreadable(event: DomainEvent, readable: ReadonlySet<string>): JsonObject {
  const shown = (id: string | null) => (id !== null && readable.has(id) ? id : null);
  if (isRecording(event))
    return { ...event.data, sources: sourcesFor(event.data.sources, (memory) => readable.has(memory)) };
  if (event.type === 'handoff.offered') {
    // What was withheld is for the sender alone, who is not known here.
    const memories = event.data.memories.filter((id) => readable.has(id));
    return { ...event.data, memories, withheld: [] };
  }
  if (event.type === 'memory.deprecated') return { ...event.data, supersededBy: shown(event.data.supersededBy) };
  return withoutSecrets(event);
}

const isRecording = (event: DomainEvent): event is Recording =>
  event.type === 'memory.recorded' || event.type === 'reflection.recorded';
