// The server's events: streams, and all of them in one log. No network here.
import { randomUUID } from 'node:crypto';
import { checkCommit } from './commit-check.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { type Expected, type ProposedEvent, type StoredEvent, sizeOf, TOMBSTONE } from './stored-event.ts';
import {
  applyMetadata,
  describedBy,
  emptyStream,
  firstReadable,
  isSoftDeleted,
  lastRevision,
  revival,
  type StreamState,
  softDeletion,
} from './stream-state.ts';

export type AppendOutcome =
  /** `position` is null where the server does not say it. */
  | { kind: 'written'; revision: number; position: number | null }
  | { kind: 'conflict'; current: number }
  | { kind: 'deleted' }
  | { kind: 'too-large'; limit: number };

export type StreamPage = { kind: 'found'; events: StoredEvent[] } | { kind: 'missing' } | { kind: 'deleted' };

export type StoreSettings = {
  /** Keeps the data here, and begins with what is here. */
  folder?: string | undefined;
  /** The most that one append may hold, in bytes; 1 MiB by default, as servers up to 24.10 have it. */
  maxAppendSize: number;
  /** Ids that are known without an expected revision. */
  rememberedIds: number;
  /** After so many appends the server writes statistics of its own to the log; 0: never. */
  statisticsEvery: number;
  /** false: the position of an append that was there already is not said. */
  saysPositionOfRepeated: boolean;
};

export const usualSettings: StoreSettings = {
  maxAppendSize: 1024 * 1024,
  rememberedIds: 10_000,
  statisticsEvery: 100,
  saysPositionOfRepeated: true,
};

export type Store = {
  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): AppendOutcome;
  /** Soft: its events are not read by the stream's name any more, and it may begin again at the next revision. */
  deleteStream(stream: string, expected: Expected): AppendOutcome;
  /** For ever. */
  tombstone(stream: string, expected: Expected): AppendOutcome;
  /** From a revision on, inclusive; `backwards` from it down, and from the end where it is Infinity. */
  readStream(stream: string, from: number, count: number, backwards: boolean): StreamPage;
  /** Forwards from a position, inclusive; `backwards` from before it down. Deleted events are in it until a scavenge. */
  readAll(from: number, count: number, backwards: boolean): StoredEvent[];
  /** Whether the log can be read from here: an event's place, the beginning, or the end. */
  isBoundary(position: number): boolean;
  lastPosition(): number;
  /** Removes what was deleted. */
  scavenge(): void;
  /** Calls after each append. */
  onAppend(listener: () => void): () => void;
  close(): void;
};

export function openStore(settings: StoreSettings): Store {
  let all: StoredEvent[] = [];
  const streams = new Map<string, StreamState>();
  const recent = new Map<string, StoredEvent>();
  const listeners = new Set<() => void>();
  let end = 0;
  let appends = 0;
  let file: LogFile | null = null;

  if (settings.folder !== undefined) {
    const opened = openLogFile(settings.folder);
    file = opened.file;
    for (const event of opened.events) take(event);
  }
  if (all.length === 0) write('$users', [proposed('$UserCreated', JSON.stringify({ name: 'admin' }))]);

  function stateOf(name: string): StreamState {
    const found = streams.get(name);
    if (found !== undefined) return found;
    const made = emptyStream();
    streams.set(name, made);
    return made;
  }

  /** Makes an event part of what is here. */
  function take(event: StoredEvent): void {
    const state = stateOf(event.stream);
    if (event.type === TOMBSTONE) state.tombstoned = true;
    else {
      // After a scavenge a stream begins later.
      if (state.events.length === 0) state.base = event.revision;
      state.events.push(event);
    }
    const described = describedBy(event.stream);
    if (described !== null) applyMetadata(stateOf(described), event);
    all.push(event);
    end = event.position + recordSize(event);
    recent.set(event.id, event);
    for (const id of recent.keys()) {
      if (recent.size <= settings.rememberedIds) break;
      recent.delete(id);
    }
  }

  function write(stream: string, events: readonly ProposedEvent[]): StoredEvent[] {
    let revision = lastRevision(stateOf(stream));
    let position = end === 0 ? FIRST_POSITION : end;
    const created = Date.now();
    const stored = events.map((event) => {
      revision += 1;
      const one = { ...event, stream, revision, position, created };
      position += recordSize(one);
      return one;
    });
    file?.append(stored);
    for (const event of stored) take(event);
    return stored;
  }

  function append(stream: string, expected: Expected, events: readonly ProposedEvent[]): AppendOutcome {
    const limit = settings.maxAppendSize;
    if (events.reduce((sum, event) => sum + sizeOf(event), 0) > limit) return { kind: 'too-large', limit };
    const state = streams.get(stream) ?? emptyStream();
    const check = checkCommit(state, expected, events, recent, stream);
    if (check.kind === 'conflict' || check.kind === 'deleted') return check;
    if (check.kind === 'repeated') {
      const { revision, position } = check.last;
      return { kind: 'written', revision, position: settings.saysPositionOfRepeated ? position : null };
    }
    const last = write(stream, events).at(-1);
    if (last === undefined) return { kind: 'written', revision: lastRevision(state), position: null };
    if (check.revives) write(`$$${stream}`, [proposed('$metadata', revival(last.revision - events.length + 1))]);
    noteAppend();
    return { kind: 'written', revision: last.revision, position: last.position };
  }

  function noteAppend(): void {
    appends += 1;
    if (settings.statisticsEvery > 0 && appends % settings.statisticsEvery === 0)
      write('$stats-127.0.0.1:2113', [proposed('$statsCollected', JSON.stringify({ appends }))]);
    for (const listener of [...listeners]) listener();
  }

  /** Writes an event that ends a stream, in the stream or beside it. */
  function endStream(stream: string, expected: Expected, to: string, event: ProposedEvent): AppendOutcome {
    const check = checkCommit(streams.get(stream) ?? emptyStream(), expected, [event], recent, stream);
    if (check.kind === 'conflict' || check.kind === 'deleted') return check;
    const position = write(to, [event]).at(-1)?.position ?? end;
    noteAppend();
    return { kind: 'written', revision: lastRevision(stateOf(stream)), position };
  }

  /** The index of the first event at a position or after it. */
  function indexFrom(position: number): number {
    let low = 0;
    for (let high = all.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((all[middle]?.position ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    append,
    deleteStream: (stream, expected) =>
      endStream(stream, expected, `$$${stream}`, proposed('$metadata', softDeletion())),
    tombstone: (stream, expected) => endStream(stream, expected, stream, proposed(TOMBSTONE, '')),
    readStream(name, from, count, backwards) {
      const stream = streams.get(name);
      if (stream?.tombstoned) return { kind: 'deleted' };
      if (stream === undefined || stream.events.length === 0 || isSoftDeleted(stream)) return { kind: 'missing' };
      const first = firstReadable(stream) - stream.base;
      const asked = from - stream.base;
      if (!backwards) {
        const begin = Math.max(first, asked);
        return { kind: 'found', events: stream.events.slice(begin, begin + count) };
      }
      const after = Math.min(stream.events.length, asked + 1);
      return {
        kind: 'found',
        events: stream.events.slice(Math.max(first, after - count, 0), Math.max(after, 0)).reverse(),
      };
    },
    readAll(from, count, backwards) {
      const index = indexFrom(from);
      return backwards ? all.slice(Math.max(0, index - count), index).reverse() : all.slice(index, index + count);
    },
    isBoundary: (position) => position === 0 || position >= end || all[indexFrom(position)]?.position === position,
    lastPosition: () => all.at(-1)?.position ?? 0,
    scavenge() {
      for (const stream of streams.values()) {
        // The last event stays, so that the revisions go on where they were.
        const keep = Math.min(firstReadable(stream), lastRevision(stream));
        if (keep > stream.base) stream.events.splice(0, keep - stream.base);
        stream.base = Math.max(stream.base, keep);
      }
      all = all.filter(({ stream, revision, type }) => {
        const { tombstoned, base } = stateOf(stream);
        return tombstoned ? type === TOMBSTONE : revision >= base;
      });
      file?.rewrite(all);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      file?.close();
    },
  };
}

/** The real log begins with a record of its own. */
const FIRST_POSITION = 168;

/** About what a record takes in the real log. */
const recordSize = (event: StoredEvent): number => 96 + event.stream.length + sizeOf(event);

const proposed = (type: string, data: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(data),
  metadata: new Uint8Array(),
});
