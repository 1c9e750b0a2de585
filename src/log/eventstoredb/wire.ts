// An event as EventStoreDB keeps it, and back. Its data are the event's own. Its metadata are the event's own with one more
// entry, `log`, for what EventStoreDB has no place for; nobody above sees that.
import { v5 } from 'uuid';
import * as z from 'zod';
import type { EventMetadata, Instant, JsonObject, Position, RecordedEvent } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import { parseStream } from '../../domain/streams.ts';
import type { PreparedEvent } from '../prepare.ts';
import type { EventToStore, StoredEvent } from './client.ts';
import { foreign } from './trouble.ts';

/** The place of an event of a batch: the batch's stream, the event's index in it (from 1), its stream's first revision in it. */
export type Mark = { stream: string; index: number; from: number };

const logEntry = z.object({
  recordedAt: z.string(),
  /** The event's id, where that is not the one that EventStoreDB knows. */
  id: z.string().optional(),
  /** How many events before it in its stream count for nothing: those of aborted batches, and deleted ones. 0 unless given. */
  hidden: z.int().nonnegative().optional(),
  batch: z.object({ stream: z.string(), index: z.int().positive(), from: z.int().nonnegative() }).optional(),
});

const metadataFormat = z.looseObject({ log: logEntry });

export type LogEntry = z.infer<typeof logEntry>;

/** An event of one of Annals' streams as it was read. */
export type Written = { stored: StoredEvent; log: LogEntry };

const NAMESPACE = 'b0f1c9d2-53f1-5c0e-8f0b-6a1f1a7f0c55';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID for EventStoreDB, the same for the same parts. */
export const idOf = (...parts: string[]): string => v5(JSON.stringify(parts), NAMESPACE);

/**
 * EventStoreDB takes an event whose id it finds at its place for the same event. So the id is made anew for each batch,
 * whose events may be aborted and come again, and for each life of a stream that was deleted (`life`).
 */
export function toStore(event: PreparedEvent, life: string, hidden: number, batch?: Mark): EventToStore {
  const id = life === '' && uuid.test(event.id) ? event.id : idOf(life, event.id);
  const log: LogEntry = { recordedAt: event.recordedAt };
  if (id !== event.id) log.id = event.id;
  if (hidden > 0) log.hidden = hidden;
  if (batch !== undefined) log.batch = batch;
  // The event's metadata are an object that is never empty.
  const metadata = `${event.metadata.slice(0, -1)},"log":${JSON.stringify(log)}}`;
  return { id, type: event.type, data: JSON.parse(event.data), metadata };
}

/** What a server takes in one append, as it counts it; the default of EventStoreDB up to version 24. */
const MAX_BYTES = 2 ** 20;
/** The most bytes that `log` adds to an event, beside the names of its streams. */
const LOG_BYTES = 220;
/** With so few, what the port lets through is small enough. */
const SAFE_EVENTS = 300;

/** Throws PAYLOAD_TOO_LARGE for what is small enough for the port, but of too many events for one append of EventStoreDB. */
export function checkSize(events: readonly PreparedEvent[], stream: string): void {
  if (events.length <= SAFE_EVENTS) return;
  const bytes = events.reduce(
    (sum, { id, type, data, metadata }) =>
      sum + Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * type.length + id.length + LOG_BYTES,
    stream.length,
  );
  if (bytes > MAX_BYTES)
    throw failure(
      'PAYLOAD_TOO_LARGE',
      `${events.length} events for one stream are over the limit of ${MAX_BYTES} bytes`,
      {
        limit: MAX_BYTES,
      },
    );
}

/** Null for what is not of Annals' streams; the log is damaged where an event in one of them is not Annals' own. */
export function readWritten(stored: StoredEvent): Written | null {
  if (stored.type.startsWith('$') || parseStream(stored.stream) === null) return null;
  const { data: metadata } = metadataFormat.safeParse(stored.metadata);
  if (metadata === undefined || typeof stored.data !== 'object') throw foreign(stored.stream, stored.revision);
  return { stored, log: metadata.log };
}

/** The event as the port gives it, under the revision that it has there. */
export function recordedOf({ stored, log }: Written, revision: number, position: Position): RecordedEvent {
  const { log: _log, ...metadata } = stored.metadata as EventMetadata & { log: LogEntry };
  return {
    id: log.id ?? stored.id,
    type: stored.type,
    recordedAt: log.recordedAt as Instant,
    data: stored.data as JsonObject,
    metadata,
    stream: stored.stream,
    revision,
    position,
  };
}
