// The event log: a port with two adapters. Everything is asynchronous; positions are opaque to callers.
import type { Instant, NewEvent, Position, RecordedEvent } from '../domain/event.ts';
import type { Category } from '../domain/streams.ts';

/** The revision of the stream's last event; `none`: the stream has no event; `any`: whatever it is. */
export type Expected = number | 'none' | 'any';

/** Events for one stream, at least one. A stream appears at most once in an append, and so does an event id. */
export type StreamWrite = { stream: string; expected: Expected; events: readonly NewEvent[] };

export type AppendResult =
  /** `position` is that of the append's last event; `revisions` has each stream's last revision after it, in the order of the writes. */
  | { ok: true; position: Position; revisions: number[]; duplicate: boolean }
  /** The first stream whose expected revision did not hold, and the revision it has (-1: none). Nothing was written. */
  | { ok: false; stream: string; revision: number };

export type ReadStream = {
  /** First revision, inclusive; 0 unless given. */
  from?: number;
  /** Last position, inclusive: the stream as it stood then. */
  until?: Position;
};

export type ReadLog = {
  /** Exclusive; null reads from the beginning. */
  after: Position | null;
  /** Inclusive upper end; the log's end unless given. */
  until?: Position;
  /** All categories unless given. */
  categories?: readonly Category[];
  /** One tenant's streams only. */
  tenant?: string;
  /** At most this many events, 1 to MAX_PAGE. A page of large events may have fewer, with `end` false. */
  limit: number;
};

export type LogPage = {
  /** In the log's global order. */
  events: RecordedEvent[];
  /** The log was read up to here, matching or not; pass it as the next `after`. */
  position: Position;
  /** No event up to the log's end (or `until`) was left out. */
  end: boolean;
};

/** The most events that one `read` may ask for. */
export const MAX_PAGE = 10_000;

/** The size of one append, in bytes of its data and metadata as JSON, above which it is refused with PAYLOAD_TOO_LARGE. */
export const MAX_APPEND_BYTES = 900_000;

/**
 * Any of these fails with UNAVAILABLE, and a sentence for the operator, when the log is damaged, away or closed, and with
 * INTERNAL when it is asked for what no command may ask (an append without events, a page over MAX_PAGE).
 */
export type EventLog = {
  /**
   * Appends to one or several streams: all events or none. It is durable when the promise resolves.
   *
   * An append whose every event id is already in its streams is a retry: it answers `duplicate: true` with the first
   * result. With some of its ids there and others not it fails with COMMAND_ID_REUSED.
   * Fails with PAYLOAD_TOO_LARGE over MAX_APPEND_BYTES, and UNAVAILABLE when the log cannot write (a full disk); then
   * nothing was written.
   */
  append(writes: readonly StreamWrite[]): Promise<AppendResult>;

  /** The stream's events, oldest first; none for a stream that is not there or was deleted. */
  readStream(stream: string, options?: ReadStream): Promise<RecordedEvent[]>;

  /** Events of all streams after a position, in global order. */
  read(options: ReadLog): Promise<LogPage>;

  /** The position of the last event that was ever appended, deleted since or not; `start` for an empty log. It never falls. */
  head(): Promise<Position>;

  /** The position before every event: what `head` answers for an empty log. */
  readonly start: Position;

  /** Checks text that a client gave; INVALID_INPUT when this log never made it (malformed, another log's, beyond the head). */
  parsePosition(text: string, field: string): Promise<Position>;

  /**
   * The position of the last event that was recorded at `time` or before; `start` when there is none. A log that grows
   * answers the same, as long as what it grows by is recorded later. Where clocks went back it is one of the places at
   * which the events before it are not later than `time`, and the next is.
   */
  positionAt(time: Instant): Promise<Position>;

  /** When the last event at or before a position was recorded; null when there is none. */
  timeAt(position: Position): Promise<Instant | null>;

  /** How many events of these categories come after a position: the lag of what reads them. */
  countAfter(after: Position | null, categories?: readonly Category[]): Promise<number>;

  /**
   * Calls `wake` after every append, by this process or another, before or at the time its acknowledgement resolves
   * in this process. It carries no data and several appends may share one call; read from your own position, first
   * when you have subscribed. Returns what ends the subscription; closing the log ends all.
   */
  onAppend(wake: () => void): () => void;

  /**
   * Removes the stream's events for ever, their text from the storage too. The stream may be begun again; positions are
   * never used twice. When it fails it may be asked again.
   */
  deleteStream(stream: string): Promise<void>;

  /** Bytes on disk; null where the log is on another machine. */
  size(): Promise<number | null>;

  close(): Promise<void>;
};
