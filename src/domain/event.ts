// The envelope around every event, and what a fold may know of the place an event has in the log.

/** JSON as it is kept in an event. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** An ISO 8601 time in UTC with milliseconds: `2026-01-31T12:00:00.000Z`. Sortable as text. */
export type Instant = string;

/** A place in the log: opaque outside it, totally ordered, sortable as text. Only the log makes and parses one. */
export type Position = string;

/** Set by the server, never by a client. Holds no personal data but the acting agent's name. */
export type EventMetadata = {
  correlationId: string;
  causationId?: string;
  commandId?: string;
  actor: string;
  tenant: string;
  /** The number of the event type's data format; older ones are lifted on read. */
  schema: number;
};

/** An event about to be appended. `recordedAt` comes from the command's clock, `id` from its commandId (or random). */
export type NewEvent = {
  id: string;
  type: string;
  recordedAt: Instant;
  data: JsonObject;
  metadata: EventMetadata;
};

/** An event as the log gives it back. `revision` counts from 0 within the stream. */
export type RecordedEvent = NewEvent & {
  stream: string;
  revision: number;
  position: Position;
};

/** What a fold needs of the envelope. */
export type Recorded = { tenant: string; id: string; revision: number; recordedAt: Instant; actor: string };
