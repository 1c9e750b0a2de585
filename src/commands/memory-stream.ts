// A memory's stream as commands see it: its events, what they fold to, and a command's own events among them.
import type { Position, RecordedEvent } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { sameJson } from '../domain/json.ts';
import type { MemoryEvent } from '../domain/memory.ts';
import { evolve, type MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import type { VoteEvent } from '../domain/votes.ts';
import { type DecodedEvent, decode } from '../events/codec.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Ids } from './ids.ts';

type StreamEvent = DecodedEvent<MemoryEvent | VoteEvent>;

export type MemoryStream = {
  stream: string;
  events: readonly StreamEvent[];
  /** null: nothing was ever recorded here. */
  view: MemoryView | null;
};

/** Annals' own ids are UUIDs; what is not one is no memory, and the log is not asked for it. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export async function loadMemory(log: EventLog, tenant: string, id: string): Promise<MemoryStream> {
  const stream = streamName('memory', tenant, id);
  const events = uuid.test(id) ? (await log.readStream(stream)).map(decodeStrictly) : [];
  return { stream, events, view: fold(events) };
}

export function decodeStrictly(recorded: RecordedEvent): StreamEvent {
  const decoded = decode(recorded);
  // To decide on half of what happened would be to decide wrongly.
  if (decoded === null)
    throw failure('UNAVAILABLE', 'a newer Annals wrote to this memory; this one cannot tell what it is now');
  if (!isOfMemory(decoded)) throw failure('INTERNAL', `${recorded.type} is no event of a memory`);
  return decoded;
}

const isOfMemory = (decoded: DecodedEvent): decoded is StreamEvent =>
  decoded.event.type.startsWith('memory.') || decoded.event.type === 'reflection.recorded';

export const fold = (events: readonly StreamEvent[], from: MemoryView | null = null): MemoryView | null =>
  events.reduce((state, { event, at }) => evolve(state, event, at), from);

/** The memory before a command's own events, those events, and the memory after them. */
export type Own = { before: MemoryView | null; events: readonly StreamEvent[]; after: MemoryView; position: Position };

/** What a command did to the stream when it was sent before; null: this is the first time. */
export function ownEvents({ stream, events }: MemoryStream, ids: Ids): Own | null {
  if (!ids.repeatable) return null;
  const first = ids.event(stream, 0);
  const begin = events.findIndex(({ id }) => id === first);
  if (begin < 0) return null;
  let end = begin + 1;
  while (events[end]?.id === ids.event(stream, end - begin)) end += 1;
  const own = events.slice(begin, end);
  const before = fold(events.slice(0, begin));
  const after = fold(own, before);
  if (after === null) throw failure('INTERNAL', `${stream} does not begin with a recording`);
  return { before, events: own, after, position: lastPosition(own) };
}

export const areSame = (events: readonly { event: DomainEvent }[], decided: readonly DomainEvent[]): boolean =>
  events.length === decided.length &&
  decided.every(({ type, data }, index) => {
    const event = events[index]?.event;
    return event !== undefined && event.type === type && sameJson(event.data, data);
  });

export function lastPosition(events: readonly { position: Position }[]): Position {
  const last = events.at(-1);
  if (last === undefined) throw failure('INTERNAL', 'a stream without events has no position');
  return last.position;
}
