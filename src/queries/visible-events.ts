// Which events of a memory's stream a caller may see. It must be allowed to read the memory now, and to have read it as
// of the event: what was written while the memory was private stays private when it is shared later.
import type { Instant, JsonObject, Position } from '../domain/event.ts';
import { isAlive } from '../domain/memory.ts';
import { evolve, isMemoryEvent, isVoteEvent, type MemoryView } from '../domain/memory-view.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import { type DecodedEvent, decodeKnown } from '../events/codec.ts';
import type { QueryContext } from './dependencies.ts';
import { memoriesById } from './lists.ts';
import { recordedMemories } from './recorded-memories.ts';
import { memoriesIn, withoutSecrets, withoutUnreadable } from './redaction.ts';

/** An event as it is shown. */
export type VisibleEvent = {
  id: string;
  position: Position;
  type: string;
  stream: string;
  version: number;
  at: Instant;
  by: string;
  correlationId: string;
  causationId: string | null;
  data: JsonObject;
  metadata: JsonObject;
};

/** Those of one memory's stream that the reader may see, oldest first. The log is asked, which is never behind. */
export async function visibleIn(context: QueryContext, reader: Reader, stream: string): Promise<DecodedEvent[]> {
  const events = decodeKnown(await context.log.readStream(stream));
  return reader.agent === null ? events : seenBy(reader, reader.agent, events, context.clock().toISOString());
}

function seenBy(reader: Reader, agent: string, events: readonly DecodedEvent[], now: Instant): DecodedEvent[] {
  let view: MemoryView | null = null;
  const seen: DecodedEvent[] = [];
  for (const decoded of events) {
    const { event, at } = decoded;
    if (!isMemoryEvent(event)) continue;
    view = evolve(view, event, at);
    const othersVote = isVoteEvent(event) && event.data.voter !== agent;
    if (view !== null && canRead(reader, view.memory) && !othersVote) seen.push(decoded);
  }
  return view !== null && isAlive(view.memory, now) && canRead(reader, view.memory) ? seen : [];
}

/** Visible events as they are shown: without secrets and, to an agent, without the names of what it may not read. */
export async function present(context: QueryContext, events: readonly DecodedEvent[]): Promise<VisibleEvent[]> {
  if (context.caller.agent === null) return events.map((decoded) => shown(decoded, withoutSecrets(decoded.event)));
  const named = [...new Set(events.flatMap(({ event }) => memoriesIn(event)))];
  const readable = await readableAmong(context, named);
  return events.map((decoded) => shown(decoded, withoutUnreadable(decoded.event, readable)));
}

/** The views may be behind the log, which told the events: what they do not have is looked for there. */
async function readableAmong(context: QueryContext, named: readonly string[]): Promise<Set<string>> {
  const served = named.length === 0 ? [] : await memoriesById(context, named);
  const others = named.filter((_, index) => served[index] === null);
  const recorded = await recordedMemories(context, others);
  const hidden = new Set(others.filter((_, index) => recorded[index] === null));
  return new Set(named.filter((id) => !hidden.has(id)));
}

export function shown({ event, at, id, position, stream, metadata }: DecodedEvent, data: JsonObject): VisibleEvent {
  return {
    id,
    position,
    type: event.type,
    stream,
    version: at.revision,
    at: at.recordedAt,
    by: metadata.actor,
    correlationId: metadata.correlationId,
    causationId: metadata.causationId ?? null,
    data,
    metadata: { ...metadata },
  };
}
