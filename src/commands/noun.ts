// What commands know of a kind of thing that has a stream of its own.
import type { Instant, Recorded } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Category } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import type { DomainEvent } from '../events/formats.ts';

export type Noun<State, Event extends DomainEvent> = {
  category: Category;
  /** As failures call it: 'the session'. */
  title: string;
  /** What is none is no id of such a thing, and the log is not asked for it. */
  isId: (id: string) => boolean;
  includes: (event: DomainEvent) => event is Event;
  /** null is the state before the first event. */
  evolve: (state: State | null, event: Event, at: Recorded) => State | null;
  /** NOT_FOUND for what is not there for the reader; `field` is the input that names it. */
  readable: (reader: Reader, state: State | null, now: Instant, field: string) => State;
};

/** `readable` of what all of a tenant read: it is there, or it is not. */
export const readByAll =
  (missing: string) =>
  <State>(_: Reader, state: State | null, __: Instant, field: string): State => {
    if (state === null) throw failure('NOT_FOUND', missing, { field });
    return state;
  };
