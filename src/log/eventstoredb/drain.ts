// Reading one of the client's streams to its end, or until it has given enough, or until it is silent for too long.
import { isNotFound, isTombstone, Silence } from './trouble.ts';

/** As much of a readable stream as is used; the client's types are narrower than Node's. */
type Source = {
  readableLength: number;
  on(event: string, listener: (...items: unknown[]) => void): unknown;
  removeAllListeners(event: string): unknown;
};

type Drain<T> = {
  /** How long the server may say nothing, in milliseconds. */
  silence: number;
  /** Takes the next; false when it is enough. */
  take(item: T): boolean;
  /** Ends the stream at its source. */
  stop(): Promise<void>;
  /** For a subscription, which has no end of its own: what is there now is all. */
  untilCaughtUp?: boolean;
};

/** Resolves also for a stream of events that is not there. Rejects with the stream's error, or a Silence. */
export function drain<T>(source: Source, { silence, take, stop, untilCaughtUp = false }: Drain<T>): Promise<void> {
  return new Promise((resolve, reject) => {
    let caughtUp = false;
    let settled = false;
    const timer = setTimeout(() => halt(new Silence('EventStoreDB has not answered in time')), silence);
    const settle = (error?: unknown) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    const halt = (error?: unknown) => {
      settle(error);
      source.removeAllListeners('data');
      stop().catch(() => {});
    };
    // The listener stays: an error that comes after all is settled would otherwise end the process.
    source.on('error', (error) => settle(isNotFound(error) || isTombstone(error) ? undefined : error));
    source.on('end', () => settle(untilCaughtUp ? new Error('a subscription of EventStoreDB ended') : undefined));
    source.on('data', (item) => {
      if (settled) return;
      timer.refresh();
      try {
        if (!take(item as T) || (caughtUp && source.readableLength === 0)) halt();
      } catch (error) {
        halt(error);
      }
    });
    if (!untilCaughtUp) return;
    // It is told when the client has taken it in; events that came before may still wait to be read.
    source.on('caughtUp', () => {
      caughtUp = true;
      timer.refresh();
      if (source.readableLength === 0) halt();
    });
  });
}
