// Small words for tests that speak to a server of EventStoreDB's protocol with the real client.
import { randomUUID } from 'node:crypto';
import {
  type AllStreamSubscription,
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  START,
  streamNameFilter,
} from '@eventstore/db-client';

export { NO_STREAM };

export type Seen = { stream: string; revision: number; type: string; id: string; commit: bigint; data: unknown };

type Expected = bigint | 'no_stream' | 'any' | 'stream_exists';

export type Following = {
  /** Types of the events that came, in order. */
  types: string[];
  /** What the subscription said beside events, in order. */
  signs: string[];
  checkpoints: bigint[];
  subscription: AllStreamSubscription;
};

/** An event for a test; its type is a name to know it by. */
export const named = (type: string, data: object = {}, id: string = randomUUID()) =>
  jsonEvent({ type, id, data: { ...data } });

export function speakTo(url: string) {
  const client = EventStoreDBClient.connectionString(url);

  async function readAll(prefix: string, options: { from?: bigint; backwards?: boolean } = {}): Promise<Seen[]> {
    const { from, backwards = false } = options;
    const fromPosition = from === undefined ? (backwards ? END : START) : { commit: from, prepare: from };
    const seen: Seen[] = [];
    const direction = backwards ? BACKWARDS : FORWARDS;
    for await (const { event } of client.readAll({ fromPosition, direction }))
      if (event?.streamId.startsWith(prefix)) seen.push(seenOf(event));
    return seen;
  }

  return {
    client,
    append: (stream: string, expectedRevision: Expected, ...events: ReturnType<typeof named>[]) =>
      client.appendToStream(stream, events, { expectedRevision }),
    async readStream(stream: string, from: bigint = 0n): Promise<Seen[]> {
      const seen: Seen[] = [];
      for await (const { event } of client.readStream(stream, { fromRevision: from }))
        if (event !== undefined) seen.push(seenOf(event));
      return seen;
    },
    readAll,
    /** Streams of a prefix, now and later. */
    follow(prefix: string, options: { after?: bigint; checkpointInterval?: number } = {}): Following {
      const { after, checkpointInterval = 1000 } = options;
      const subscription = client.subscribeToAll({
        fromPosition: after === undefined ? START : { commit: after, prepare: after },
        filter: streamNameFilter({
          prefixes: [prefix],
          checkpointInterval,
          checkpointReached: async (_, { commit }) => void following.checkpoints.push(commit),
        }),
      });
      const following: Following = { types: [], signs: [], checkpoints: [], subscription };
      subscription.on('data', ({ event }) => void following.types.push(event?.type ?? 'none'));
      subscription.on('caughtUp', () => void following.signs.push('caughtUp'));
      subscription.on('fellBehind', () => void following.signs.push('fellBehind'));
      subscription.on('error', (error) => void following.signs.push(typeOf(error)));
      return following;
    },
    dispose: () => client.dispose(),
  };
}

/** What the client calls an error: `wrong-expected-version`, `stream-deleted`, … */
export const typeOf = (error: unknown): string =>
  error instanceof Error && 'type' in error ? String(error.type) : `another error: ${error}`;

/** The client's name for the error that a call must fail with. */
export const failureOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'no failure', typeOf);

type Recorded = {
  streamId: string;
  revision: bigint;
  type: string;
  id: string;
  data: unknown;
  position?: { commit: bigint } | undefined;
};

const seenOf = ({ streamId, revision, type, id, data, position }: Recorded): Seen => ({
  stream: streamId,
  revision: Number(revision),
  type,
  id,
  commit: position?.commit ?? -1n,
  data,
});
