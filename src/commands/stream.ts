// A stream as commands see it: its events, what they fold to, and a command's own events among them.
import type { Position, RecordedEvent } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { sameJson } from '../domain/json.ts';
import { streamName } from '../domain/streams.ts';
import { type DecodedEvent, decode } from '../events/codec.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { EventLog, StreamWrite } from '../log/event-log.ts';
import type { Ids } from './ids.ts';
import type { Noun } from './noun.ts';

export type Stream<State, Event extends DomainEvent> = {
  stream: string;
  events: readonly DecodedEvent<Event>[];
  /** null: nothing ever began here. */
  state: State | null;
};

export async function loadStream<State, Event extends DomainEvent>(
  log: EventLog,
  noun: Noun<State, Event>,
  tenant: string,
  id: string,
): Promise<Stream<State, Event>> {
  const stream = streamName(noun.category, tenant, id);
  const recorded = noun.isId(id) ? await log.readStream(stream) : [];
  const events = recorded.map((event) => decodeAs(noun, event));
  return { stream, events, state: fold(noun, events) };
}

export function decodeAs<State, Event extends DomainEvent>(
  { title, includes }: Noun<State, Event>,
  recorded: RecordedEvent,
): DecodedEvent<Event> {
  const decoded = decode(recorded);
  // To decide on half of what happened would be to decide wrongly.
  if (decoded === null)
    throw failure('UNAVAILABLE', `a newer Annals wrote to ${title}; this one cannot tell what it is now`);
  const { event } = decoded;
  if (!includes(event)) throw failure('INTERNAL', `${recorded.type} is no event of ${title}`);
  return { ...decoded, event };
}

export const fold = <State, Event extends DomainEvent>(
  { evolve }: Noun<State, Event>,
  events: readonly DecodedEvent<Event>[],
  from: State | null = null,
): State | null => events.reduce((state, { event, at }) => evolve(state, event, at), from);

/** The state after events were appended to its stream, the first of them at `revision`. */
export function afterAppend<State, Event extends DomainEvent>(
  noun: Noun<State, Event>,
  { stream, events }: Pick<StreamWrite, 'stream' | 'events'>,
  position: Position,
  from: State | null = null,
  revision = 0,
): State {
  const recorded = events.map((event, index) => ({ ...event, stream, revision: revision + index, position }));
  const state = fold(
    noun,
    recorded.map((event) => decodeAs(noun, event)),
    from,
  );
  if (state === null) throw failure('INTERNAL', `${stream} does not begin at its beginning`);
  return state;
}

/** The state before a command's own events, those events, and the state after them. */
export type Own<State, Event extends DomainEvent> = {
  before: State | null;
  events: readonly DecodedEvent<Event>[];
  after: State;
  position: Position;
};

/** What a command did to the stream when it was sent before; null: this is the first time. */
export function ownEvents<State, Event extends DomainEvent>(
  noun: Noun<State, Event>,
  { stream, events }: Stream<State, Event>,
  ids: Ids,
): Own<State, Event> | null {
  if (!ids.repeatable) return null;
  const first = ids.event(stream, 0);
  const begin = events.findIndex(({ id }) => id === first);
  if (begin < 0) return null;
  let end = begin + 1;
  while (events[end]?.id === ids.event(stream, end - begin)) end += 1;
  const own = events.slice(begin, end);
  const before = fold(noun, events.slice(0, begin));
  const after = fold(noun, own, before);
  if (after === null) throw failure('INTERNAL', `${stream} does not begin at its beginning`);
  return { before, events: own, after, position: lastPosition(own) };
}

export const areSame = (events: readonly { event: DomainEvent }[], decided: readonly DomainEvent[]): boolean =>
  events.length === decided.length &&
  decided.every(({ type, data }, index) => {
    const event = events[index]?.event;
    return event !== undefined && event.type === type && sameJson(event.data, data);
  });

/** The state of a stream that is there, as it was at a position. */
export async function readState<State, Event extends DomainEvent>(
  log: EventLog,
  noun: Noun<State, Event>,
  stream: string,
  until: Position,
): Promise<State> {
  return afterAppend(noun, { stream, events: await log.readStream(stream, { until }) }, until);
}

/** The stream as it was when only these of its events were there. */
export function streamOf<State, Event extends DomainEvent>(
  noun: Noun<State, Event>,
  { stream, events }: Stream<State, Event>,
  isThere: (event: DecodedEvent<Event>) => boolean,
): Stream<State, Event> {
  const there = events.filter(isThere);
  return { stream, events: there, state: fold(noun, there) };
}

/** -1 before the first. */
export const lastRevision = (events: readonly DecodedEvent[]): number => events.at(-1)?.at.revision ?? -1;

export function lastPosition(events: readonly { position: Position }[]): Position {
  const last = events.at(-1);
  if (last === undefined) throw failure('INTERNAL', 'a stream without events has no position');
  return last.position;
}

export const byPosition = (a: { position: Position }, b: { position: Position }): number =>
  a.position < b.position ? -1 : Number(a.position > b.position);
