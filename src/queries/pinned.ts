// What was offered with a handoff, as its sender saw it.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { isAlive } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import type { Session } from '../domain/session.ts';
import { streamName } from '../domain/streams.ts';
import { canRead } from '../domain/visibility.ts';
import { decode } from '../events/codec.ts';
import type { EventLog } from '../log/event-log.ts';
import type { QueryContext } from './dependencies.ts';
import { memoryFold } from './recorded-memories.ts';
import { session } from './sessions.ts';

/** Something as of a position. */
export type Pin = { id: string; pinnedAt: Position };

/**
 * In the order asked. null for what the caller may not read as it was then, or may not read now: what became private,
 * was forgotten or has expired since is not passed on any more. The log is asked, which is never behind.
 */
export async function pinnedMemories(context: QueryContext, pins: readonly Pin[]): Promise<(MemoryView | null)[]> {
  const reader = readerOf(context.caller);
  const now = context.clock().toISOString();
  const tellings = new Map<string, Promise<Telling>>();
  return Promise.all(
    pins.map(async ({ id, pinnedAt }) => {
      const telling = tellings.get(id) ?? tell(context.log, streamName('memory', reader.tenant, id));
      tellings.set(id, telling);
      const states = await telling;
      const present = states.at(-1)?.view ?? null;
      const then = states.findLast(({ position }) => position <= pinnedAt)?.view ?? null;
      if (present === null || then === null) return null;
      const readable = isAlive(present.memory, now) && [present, then].every((view) => canRead(reader, view.memory));
      return readable ? then : null;
    }),
  );
}

/** Sessions are the whole tenant's. */
export const pinnedSession = (context: QueryContext, { id, pinnedAt }: Pin): Promise<Session | null> =>
  session(context, id, { until: pinnedAt });

/** A memory's states, oldest first. */
type Telling = { position: Position; view: MemoryView }[];

async function tell(log: EventLog, stream: string): Promise<Telling> {
  const telling: Telling = [];
  for (const recorded of await log.readStream(stream)) {
    const decoded = decode(recorded);
    if (decoded === null || !memoryFold.isOwn(decoded.event)) continue;
    const view = memoryFold.evolve(telling.at(-1)?.view ?? null, decoded.event, decoded.at);
    if (view !== null) telling.push({ position: decoded.position, view });
  }
  return telling;
}
