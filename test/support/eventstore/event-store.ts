// A stand-in for EventStoreDB: its gRPC protocol on 127.0.0.1, spoken by the real client, with the data in memory or on
// disk and faults on demand. What it does is what the real server is known to do; what Annals does not use is left out
// (links, persistent subscriptions, projections, access control, $maxAge).

import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { appendCalls, batchAppendCalls } from './append-calls.ts';
import { deleteCalls, tombstoneCalls } from './delete-calls.ts';
import { createFaults, type Faults } from './faults.ts';
import { featuresCall } from './features-call.ts';
import { readCalls } from './read-calls.ts';
import { openStore, type Store, type StoreSettings, usualSettings } from './store.ts';

export type EventStore = {
  /** A connection string for the client. */
  url: string;
  port: number;
  faults: Faults;
  /** Removes what was deleted, as an operator's scavenge does. */
  scavenge(): void;
  /** Closes all connections. The data are still there, and `restart` brings them back. */
  stop(): Promise<void>;
  /** Ends at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Ends, if it runs, and serves the same data on the same port. */
  restart(): Promise<void>;
};

export type EventStoreOptions = Partial<StoreSettings> & {
  /** A free one unless given. */
  port?: number;
  faults?: Faults;
};

const VERSION = '24.10.0';
/** A batch of the client's is 3 MiB; an append that is too large must be read to be refused. */
const LARGEST_MESSAGE = 17 * 1024 * 1024;

export async function startEventStore(options: EventStoreOptions = {}): Promise<EventStore> {
  const { port: wanted = 0, faults = createFaults(), ...settings } = options;
  let store = openStore({ ...usualSettings, ...settings });
  let running: Running | null = await listen(store, faults, wanted);
  const { port } = running;

  async function kill(): Promise<void> {
    await running?.end();
    running = null;
    store.close();
  }

  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    faults,
    scavenge: () => store.scavenge(),
    kill,
    stop: kill,
    async restart() {
      await kill();
      if (settings.folder !== undefined) store = openStore({ ...usualSettings, ...settings });
      running = await listen(store, faults, port);
    },
  };
}

type Running = { port: number; end(): Promise<void> };

async function listen(store: Store, faults: Faults, wanted: number): Promise<Running> {
  const ending = new AbortController();
  const handling = { store, faults, signal: ending.signal };
  const server = new Server({ 'grpc.max_receive_message_length': LARGEST_MESSAGE });
  server.addService(ServerFeaturesService, { getSupportedMethods: featuresCall(VERSION) });
  server.addService(StreamsService, {
    read: readCalls(handling),
    append: appendCalls(handling),
    batchAppend: batchAppendCalls(handling),
    delete: deleteCalls(handling),
    tombstone: tombstoneCalls(handling),
  });
  const port = await bind(server, wanted);
  return {
    port,
    async end() {
      ending.abort();
      server.forceShutdown();
    },
  };
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
}
