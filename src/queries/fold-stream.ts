// What a stream folds to, from the log, which is never behind.
import type { Recorded } from '../domain/event.ts';
import { decode } from '../events/codec.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { EventLog, ReadStream } from '../log/event-log.ts';

/** A noun's own events, and how they fold. */
export type Fold<State, Event extends DomainEvent> = {
  isOwn: (event: DomainEvent) => event is Event;
  evolve: (state: State | null, event: Event, at: Recorded) => State | null;
};

/** null where there is nothing. Events of types that are not known are left out. */
export async function foldStream<State, Event extends DomainEvent>(
  log: Pick<EventLog, 'readStream'>,
  stream: string,
  { isOwn, evolve }: Fold<State, Event>,
  options: ReadStream = {},
): Promise<State | null> {
  let state: State | null = null;
  for (const recorded of await log.readStream(stream, options)) {
    const decoded = decode(recorded);
    if (decoded !== null && isOwn(decoded.event)) state = evolve(state, decoded.event, decoded.at);
  }
  return state;
}
