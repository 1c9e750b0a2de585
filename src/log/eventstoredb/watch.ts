// Wake-ups, for appends of this process at once and for those of others by one filtered subscription to the server, begun
// when somebody first listens. It ends for many reasons and never resumes by itself: it is taken up again, after the last
// event that was handled.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, StoredEvent } from './client.ts';
import { allPrefixes } from './own-streams.ts';
import { pauseBefore } from './retry.ts';

export type Watch = {
  subscribe(wake: () => void): () => void;
  /** An append of this process, before its acknowledgement. */
  announce(commit: bigint): void;
  /** The subscription has told all that there is. */
  live(): boolean;
  close(): void;
};

type Dependencies = {
  connection: Connection;
  /** Takes note of an event of the log; whether it made something visible. */
  heard(event: StoredEvent): boolean;
  /** Where the log stood when it was opened. */
  start: bigint;
  logger: { warn(details: object, message: string): void };
};

export function createWatch({ connection, heard, start, logger }: Dependencies): Watch {
  const wakes = new Set<() => void>();
  let announced = start;
  let handled = start;
  let live = false;
  let open = true;
  let stop: (() => void) | null = null;
  let soon: NodeJS.Immediate | null = null;

  function wakeAll(): void {
    for (const wake of [...wakes]) {
      try {
        wake();
      } catch (err) {
        logger.warn({ err }, 'a follower of the event log failed');
      }
    }
  }

  /** Many events in one turn of the event loop are one wake-up. */
  function wakeSoon(): void {
    soon ??= setImmediate(() => {
      soon = null;
      wakeAll();
    });
  }

  function announce(commit: bigint): void {
    // The server may have told of it before it was acknowledged; then nobody has heard yet.
    if (commit <= announced && soon === null) return;
    if (commit > announced) announced = commit;
    if (soon !== null) clearImmediate(soon);
    soon = null;
    wakeAll();
  }

  function hear(event: StoredEvent): void {
    // After it was taken up again it may tell what it told before.
    if (event.commit <= handled) return;
    handled = event.commit;
    const visible = isVisible(event);
    if (!visible || event.commit <= announced) return;
    announced = event.commit;
    wakeSoon();
  }

  /** What cannot be read is for those to find who read it. */
  function isVisible(event: StoredEvent): boolean {
    try {
      return heard(event);
    } catch (err) {
      logger.warn({ err }, 'EventStoreDB tells of an event that cannot be read');
      return true;
    }
  }

  async function follow(): Promise<void> {
    for (let failures = 0; open; ) {
      const began = handled;
      const { promise: dropped, resolve: drop } = Promise.withResolvers<unknown>();
      const caughtUp = () => {
        if (failures > 0) {
          logger.warn({}, 'EventStoreDB tells of new events again');
          wakeSoon();
        }
        failures = 0;
        live = true;
      };
      stop = connection.follow(handled === 0n ? null : handled, allPrefixes, {
        heard: hear,
        caughtUp,
        dropped: drop,
      });
      const err = await dropped;
      live = false;
      stop();
      if (!open) return;
      if (failures === 0) logger.warn({ err }, 'EventStoreDB does not tell of new events any more; asking again');
      failures = handled > began ? 1 : failures + 1;
      await sleep(pauseBefore(failures), undefined, { ref: false });
    }
  }

  return {
    subscribe(wake) {
      // A function of its own, so that one wake given twice is two subscriptions.
      const call = () => wake();
      wakes.add(call);
      if (stop === null) void follow();
      return () => void wakes.delete(call);
    },
    announce,
    live: () => live,
    close() {
      open = false;
      wakes.clear();
      stop?.();
      if (soon !== null) clearImmediate(soon);
    },
  };
}
