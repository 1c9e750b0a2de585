// A client of the server, replaced when the server does not answer it any more: it keeps one question about the server for
// ever.
import { setTimeout as sleep } from 'node:timers/promises';
import { Silence } from './trouble.ts';

export type Line<Client> = {
  client(): Client;
  /** Rejects with a Silence when the call has not settled in time; what it does later is of no account. */
  ask<T, R>(
    timeout: number,
    call: (client: Client) => Promise<T>,
    done: (result: T) => R,
    failed: (error: unknown) => R,
  ): Promise<R>;
  /** It answered a call that was not made here. */
  answered(): void;
  /** It has not answered within so many milliseconds. */
  silent(timeout: number): Silence;
  close(): Promise<void>;
};

/** After so many silences without an answer between, the client is replaced. */
const SILENCES = 3;

export function createLine<Client extends { dispose(): Promise<void> }>(make: () => Client): Line<Client> {
  let client = make();
  let silences = 0;
  /** The client is being ended, and the next one is not used before. */
  let replacing: Promise<void> | null = null;

  async function replace(timeout: number): Promise<void> {
    await Promise.race([client.dispose(), sleep(timeout, undefined, { ref: false })]);
    client = make();
    silences = 0;
    replacing = null;
  }

  function silent(timeout: number): Silence {
    silences += 1;
    if (silences >= SILENCES) replacing ??= replace(timeout);
    return new Silence('EventStoreDB has not answered in time');
  }

  return {
    client: () => client,
    ask: (timeout, call, done, failed) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(silent(timeout)), timeout);
        const settle = <V, R>(value: V, result: (value: V) => R, settled: (result: R) => void) => {
          clearTimeout(timer);
          silences = 0;
          try {
            settled(result(value));
          } catch (error) {
            reject(error);
          }
        };
        const called = replacing === null ? call(client) : replacing.then(() => call(client));
        called.then(
          (result) => settle(result, done, resolve),
          (error: unknown) => settle(error, failed, resolve),
        );
      }),
    answered() {
      silences = 0;
    },
    silent,
    async close() {
      await replacing;
      await client.dispose();
    },
  };
}
