// A connection to EventStoreDB whose process stops in the middle of an append to several streams: for the test it is dead,
// or held until it may go on.
import type { Connection } from '../../src/log/eventstoredb/client.ts';

export type Halting = {
  connection: Connection;
  /** Resolves when it halts. */
  halted: Promise<void>;
  /** Lets it go on. Without this the append never settles, and a log on this connection cannot be closed. */
  release(): void;
};

/** Halts at the outcome of the first batch: before it is asked for, or when it is kept and nobody has heard of it. */
export function haltingAtOutcome(connection: Connection, when: 'before' | 'after'): Halting {
  const { promise: halted, resolve: halt } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  return {
    halted,
    release,
    connection: {
      ...connection,
      async append(stream, expected, events) {
        if (!stream.startsWith('batch-')) return connection.append(stream, expected, events);
        const early = when === 'after' ? await connection.append(stream, expected, events) : null;
        halt();
        await released;
        return early ?? connection.append(stream, expected, events);
      },
    },
  };
}
