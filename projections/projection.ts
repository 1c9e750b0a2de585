// The contract: a projection turns events into documents. It is pure, so that the views can be made again from the log
// at any time, and it folds an event that its document already has to nothing, so that reading one twice is harmless.
import type { DecodedEvent } from '../src/events/codec.ts';
import type { Change, DocumentKey, DocumentKind, Documents } from '../src/views/view-store.ts';

/** The documents as they are before the event; undefined where there is none. */
export type Lookup = <K extends DocumentKind>(kind: K, key: { tenant: string; id: string }) => Documents[K] | undefined;

export type Projection = {
  /** What `project` will look up for this event; nothing for an event that is none of its concern. */
  reads(decoded: DecodedEvent): DocumentKey[];
  project(decoded: DecodedEvent, documents: Lookup): Change[];
};
