// What every adapter makes of a question before it looks at the log: an append checked, measured and written out as JSON,
// a page's limit checked.
import { failure } from '../domain/failure.ts';
import { parseStream, type StreamName } from '../domain/streams.ts';
import { type Expected, MAX_APPEND_BYTES, MAX_PAGE, type StreamWrite } from './event-log.ts';

/** An event as it is stored: data and metadata as JSON text, which also keeps lone surrogates (escaped). */
export type PreparedEvent = { id: string; type: string; recordedAt: string; data: string; metadata: string };
export type PreparedWrite = { stream: string; name: StreamName; expected: Expected; events: PreparedEvent[] };
export type PreparedAppend = { writes: PreparedWrite[]; bytes: number };

/** Throws PAYLOAD_TOO_LARGE over the limit, and INTERNAL for what no command may ask for. */
export function prepareAppend(writes: readonly StreamWrite[]): PreparedAppend {
  if (writes.length === 0) throw failure('INTERNAL', 'an append needs at least one write');
  let bytes = 0;
  const prepared = writes.map(({ stream, expected, events }): PreparedWrite => {
    const name = parseStream(stream);
    if (name === null || !isPlain(stream)) throw failure('INTERNAL', 'an append names a stream that is no stream name');
    if (events.length === 0) throw failure('INTERNAL', 'an append has a write without events');
    return {
      stream,
      name,
      expected,
      events: events.map(({ id, type, recordedAt, data, metadata }) => {
        if (!isPlain(id) || !isPlain(type) || !isPlain(recordedAt))
          throw failure('INTERNAL', 'an event has a malformed envelope');
        const event = { id, type, recordedAt, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
        bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
        return event;
      }),
    };
  });
  if (hasTwice(writes.map(({ stream }) => stream))) throw failure('INTERNAL', 'an append names a stream twice');
  if (hasTwice(writes.flatMap(({ events }) => events.map(({ id }) => id))))
    throw failure('INTERNAL', 'an append has an event id twice');
  if (bytes > MAX_APPEND_BYTES)
    throw failure('PAYLOAD_TOO_LARGE', `an append of ${bytes} bytes of JSON is over the limit of ${MAX_APPEND_BYTES}`, {
      limit: MAX_APPEND_BYTES,
    });
  return { writes: prepared, bytes };
}

/** Throws INTERNAL for a page that no reader may ask for. */
export function checkPageLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw failure('INTERNAL', `a page of the log has 1 to ${MAX_PAGE} events`, { limit: MAX_PAGE });
}

const hasTwice = (names: readonly string[]): boolean => names.length > 1 && new Set(names).size < names.length;

/** Text that any store gives back as it was: no NUL, no half of a surrogate pair. */
const isPlain = (text: string): boolean => text.length > 0 && text.isWellFormed() && !text.includes('\0');
