// The memories that an input names beside the one it is about: they must be there for its caller.
import type { Instant } from '../domain/event.ts';
import { readable } from '../domain/memory-decisions.ts';
import type { Reader } from '../domain/visibility.ts';
import type { EventLog } from '../log/event-log.ts';
import { loadMemory } from './memory-stream.ts';

/** By the field that names them; null names none. NOT_FOUND names the first that cannot be read. */
export async function checkReferences(
  log: EventLog,
  reader: Reader,
  now: Instant,
  references: Readonly<Record<string, string | null>>,
): Promise<void> {
  const seen = new Set<string>();
  for (const [field, id] of Object.entries(references)) {
    if (id === null || seen.has(id)) continue;
    const { state } = await loadMemory(log, reader.tenant, id);
    readable(reader, state, now, field);
    seen.add(id);
  }
}
