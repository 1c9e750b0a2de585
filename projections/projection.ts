// The contract: a projection turns the events of a stream into one document. It is pure, so that the views can be made again
// from the log at any time, and it folds an event that its document already has to nothing, so that reading one twice is
// harmless.
import type { Recorded } from '../src/domain/event.ts';
import type { DecodedEvent } from '../src/events/codec.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import type { DocumentKind, Documents } from '../src/views/view-store.ts';

export type Projection<K extends DocumentKind = DocumentKind> = {
  kind: K;
  /** Whether the event touches the document. */
  concerns(event: DomainEvent): boolean;
  /** The document after an event that concerns it; null: it is as it was before. */
  project(decoded: DecodedEvent, before: Documents[K] | null): Documents[K] | null;
};

/** The document is what those events of its stream fold to that are its own. */
export const folding = <K extends DocumentKind, Event extends DomainEvent>(
  kind: K,
  concerns: (event: DomainEvent) => event is Event,
  evolve: (state: Documents[K] | null, event: Event, at: Recorded) => Documents[K] | null,
): Projection<K> => ({
  kind,
  concerns,
  project({ event, at }, before) {
    if (!concerns(event) || (before !== null && before.revision >= at.revision)) return null;
    return evolve(before, event, at);
  },
});
