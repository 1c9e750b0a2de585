// The one place that knows EventStoreDB's client. Each call has a deadline of its own here (the client's appends and reads
// have none), and what comes back is plain values.
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  type RecordedEvent,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import type { JsonObject } from '../../domain/event.ts';
import { addressOf, badAddress } from './address.ts';
import { drain } from './drain.ts';
import { createLine, type Line } from './line.ts';
import { foreign, isConflict, isTombstone, Silence } from './trouble.ts';

/** An event as the server has it; data and metadata are JSON of any shape. */
export type StoredEvent = {
  stream: string;
  revision: number;
  commit: bigint;
  id: string;
  type: string;
  data: unknown;
  metadata: unknown;
};

/** `metadata` is JSON. */
export type EventToStore = { id: string; type: string; data: JsonObject; metadata: string };

/** `commit` is null where the server does not say it, as for some appends that it had already. */
export type Appended = { revision: number; commit: bigint | null };

export type Chunk = { events: StoredEvent[]; end: boolean };

export type Follower = { heard(event: StoredEvent): void; caughtUp(): void; dropped(error: unknown): void };

/** Calls to the server, each tried once. An error whose `finalTrouble` is null leaves the outcome unknown. */
export type Connection = {
  /** To a stream whose last event has exactly this revision; -1: to one that has none. */
  append(stream: string, expected: number, events: EventToStore[]): Promise<Appended | 'conflict'>;
  /** From a revision on; none for a stream that is not there. */
  readStream(stream: string, from: number, count?: number): Promise<StoredEvent[]>;
  /** The stream's last event. */
  readLast(stream: string): Promise<StoredEvent | null>;
  /** All streams from a commit position on, inclusive; null: from the beginning. Ends early where `room` says stop. */
  readAll(from: bigint | null, count: number, room: (event: StoredEvent) => boolean): Promise<Chunk>;
  /** All streams back from before a commit position; null: from the end. */
  readBack(before: bigint | null, count: number): Promise<Chunk>;
  /** Streams of these prefixes after a commit position. */
  readSome(after: bigint | null, prefixes: string[], room: (event: StoredEvent) => boolean): Promise<Chunk>;
  /** Streams of these prefixes after a commit position, now and later; gives back what ends it. */
  follow(after: bigint | null, prefixes: string[], follower: Follower): () => void;
  /** Soft: the stream may be begun again, at the next revision. */
  deleteStream(stream: string, revision: number): Promise<'deleted' | 'conflict'>;
  close(): Promise<void>;
};

/**
 * The client keeps the appends that wait for an answer in one place for all its instances, and forgets them all when one
 * of its streams of appends breaks; an answer to a forgotten one ends the process. So there is one such stream at a time:
 * one instance an address has nothing but appends, as after the failure of any other call it would begin a second.
 */
type Shared = { appends: Line<EventStoreDBClient>; others: Line<EventStoreDBClient>; users: number };
const clients = new Map<string, Shared>();

/** Appends under way at once. */
const MOST_APPENDS = 64;

// What is over the mark of the client's stream of appends the client makes wait, and when the stream breaks then, those are
// rejections that nobody can handle. The stream is made inside the client, with the mark that is usual in the process.
setDefaultHighWaterMark(true, Math.max(getDefaultHighWaterMark(true), MOST_APPENDS + 1));

function share(url: string): Shared {
  const make = () => clientOf(url);
  const shared = clients.get(url) ?? {
    appends: createLine(make, { most: MOST_APPENDS, inGroups: true }),
    others: createLine(make),
    users: 0,
  };
  shared.users += 1;
  clients.set(url, shared);
  return shared;
}

function clientOf(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    // Its error quotes the string.
    throw badAddress('is not a connection string of EventStoreDB');
  }
}

export function connect(text: string, callTimeout: number): Connection {
  const { url } = addressOf(text);
  const shared = share(url);
  const { appends, others } = shared;
  let open = true;
  // Reads go where appends go, so that what was acknowledged is read.
  const leader = { requiresLeader: true };

  async function drained<T>(...[source, options]: Parameters<typeof drain<T>>): Promise<void> {
    try {
      await drain(source, options);
      others.answered();
    } catch (error) {
      throw error instanceof Silence ? others.silent(callTimeout) : error;
    }
  }

  return {
    append(stream, expected, events) {
      const expectedRevision = expected < 0 ? NO_STREAM : BigInt(expected);
      return appends.ask(
        callTimeout,
        (client) => client.appendToStream(stream, events.map(toSend), { expectedRevision }),
        ({ nextExpectedRevision, position }): Appended | 'conflict' => ({
          revision: Number(nextExpectedRevision),
          commit: commitOf(position?.commit),
        }),
        asConflict,
      );
    },

    async readStream(stream, from, count) {
      const options = { ...leader, fromRevision: BigInt(from), ...(count !== undefined && { maxCount: count }) };
      const { events } = await gather(others.client().readStream(stream, options));
      return events;
    },

    async readLast(stream) {
      const options = { ...leader, fromRevision: END, direction: BACKWARDS, maxCount: 1 } as const;
      const { events } = await gather(others.client().readStream(stream, options));
      return events[0] ?? null;
    },

    async readAll(from, count, room) {
      const options = { ...leader, fromPosition: placeOf(from, START), direction: FORWARDS, maxCount: count } as const;
      const { events, seen, cut } = await gather(others.client().readAll(options), room);
      return { events, end: !cut && seen < count };
    },

    async readBack(before, count) {
      const options = { ...leader, fromPosition: placeOf(before, END), direction: BACKWARDS, maxCount: count } as const;
      const { events, seen } = await gather(others.client().readAll(options));
      return { events, end: seen < count };
    },

    async readSome(after, prefixes, room) {
      const subscription = others.client().subscribeToAll({
        ...leader,
        fromPosition: placeOf(after, START),
        filter: streamNameFilter({ prefixes, checkpointInterval: CHECKPOINTS }),
      });
      const events: StoredEvent[] = [];
      let cut = false;
      await drained(subscription, {
        silence: callTimeout,
        stop: () => subscription.unsubscribe(),
        untilCaughtUp: true,
        take({ event }: AllStreamResolvedEvent) {
          if (event === undefined) return true;
          const stored = storedOf(event, event.position.commit);
          events.push(stored);
          cut = !room(stored);
          return !cut;
        },
      });
      return { events, end: !cut };
    },

    follow(after, prefixes, { heard, caughtUp, dropped }) {
      const subscription = others.client().subscribeToAll({
        ...leader,
        fromPosition: placeOf(after, START),
        filter: streamNameFilter({ prefixes, checkpointInterval: CHECKPOINTS }),
      });
      let following = true;
      const confirmation = setTimeout(() => end(others.silent(callTimeout)), callTimeout);
      const end = (error?: unknown) => {
        clearTimeout(confirmation);
        if (!following) return;
        following = false;
        subscription.unsubscribe().catch(() => {});
        dropped(error);
      };
      subscription.on('error', end);
      subscription.on('end', () => end());
      subscription.on('close', () => end());
      subscription.on('confirmation', () => clearTimeout(confirmation));
      subscription.on('caughtUp', () => following && caughtUp());
      subscription.on('data', ({ event }: AllStreamResolvedEvent) => {
        if (following && event !== undefined) heard(storedOf(event, event.position.commit));
      });
      return () => {
        clearTimeout(confirmation);
        following = false;
        subscription.unsubscribe().catch(() => {});
      };
    },

    deleteStream(stream, revision) {
      return others.ask(
        callTimeout,
        (client) => client.deleteStream(stream, { ...leader, expectedRevision: BigInt(revision) }),
        (): 'deleted' | 'conflict' => 'deleted',
        (error) => (isTombstone(error) ? 'deleted' : asConflict(error)),
      );
    },

    async close() {
      if (!open) return;
      open = false;
      shared.users -= 1;
      if (shared.users > 0) return;
      clients.delete(url);
      await Promise.all([appends.close(), others.close()]);
    },
  };

  type Reading = ReturnType<EventStoreDBClient['readStream'] | EventStoreDBClient['readAll']>;

  async function gather(reading: Reading, room: (event: StoredEvent) => boolean = () => true) {
    const events: StoredEvent[] = [];
    let seen = 0;
    let cut = false;
    await drained(reading, {
      silence: callTimeout,
      stop: () => reading.cancel(),
      take({ event, commitPosition }: { event?: RecordedEvent; commitPosition?: bigint }) {
        seen += 1;
        if (event === undefined) return true;
        const stored = storedOf(event, event.position?.commit ?? commitPosition);
        events.push(stored);
        cut = !room(stored);
        return !cut;
      },
    });
    return { events, seen, cut };
  }
}

/** The client takes an array of bytes, and no Buffer, as it is; an object it writes out once more. */
function toSend({ metadata, ...event }: EventToStore) {
  const { buffer, byteOffset, byteLength } = Buffer.from(metadata);
  return jsonEvent({ ...event, metadata: new Uint8Array(buffer, byteOffset, byteLength) });
}

/** How seldom the server tells where a filtered subscription stands: nobody listens. */
const CHECKPOINTS = 1000;

/** The server says -1 or nothing where it knows no position; -1 comes as the largest unsigned number. */
const commitOf = (commit: bigint | undefined): bigint | null =>
  commit === undefined || commit <= 0n || commit >= 2n ** 51n ? null : commit;

const placeOf = <T>(commit: bigint | null, otherwise: T) => (commit === null ? otherwise : { commit, prepare: commit });

function storedOf(event: RecordedEvent, commit: bigint | undefined): StoredEvent {
  const { streamId: stream, id, type, data, metadata } = event;
  const revision = Number(event.revision);
  if (commit === undefined) throw foreign(stream, revision);
  return { stream, revision, commit, id, type, data, metadata };
}

function asConflict(error: unknown): 'conflict' {
  if (isConflict(error)) return 'conflict';
  throw error;
}
