// A client of the server: so many calls at once, each for so long, and another client in its place when the server does not
// answer it any more.
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

/** After so many times as long as a call may take, without any answer, the client is replaced: many may be silent at once. */
const SILENCES = 3;

/** Milliseconds that a call waits for others to go out with. */
const GATHERING = 1;

export type LineSettings = {
  /** Calls that are under way at once; any number unless given. A call that is given up is one of them until it settles. */
  most?: number;
  /**
   * While calls are under way, the next ones go out as soon as they are as many, or the first has waited a millisecond: what
   * is sent and answered in one piece costs the client much less. A call on its own never waits.
   */
  inGroups?: boolean;
};

export function createLine<Client extends { dispose(): Promise<void> }>(
  make: () => Client,
  { most = Number.POSITIVE_INFINITY, inGroups = false }: LineSettings = {},
): Line<Client> {
  let client = make();
  /** When the first call went unanswered after which there was no answer to any. */
  let silentSince: number | null = null;
  /** The client is being ended, and the next one is not used before. */
  let replacing: Promise<void> | null = null;
  let calls = { underWay: 0, givenUp: 0 };
  const waiting = new Set<() => void>();
  /** Until those that wait go out, whoever comes. */
  let gathering: NodeJS.Timeout | null = null;

  async function replace(timeout: number): Promise<void> {
    await Promise.race([client.dispose(), sleep(timeout, undefined, { ref: false })]);
    client = make();
    calls = { underWay: 0, givenUp: 0 };
    silentSince = null;
    replacing = null;
    beginNext();
  }

  function silent(timeout: number): Silence {
    const now = performance.now();
    silentSince ??= now;
    if (now - silentSince >= (SILENCES - 1) * timeout || calls.givenUp > most / 2) replacing ??= replace(timeout);
    return new Silence('EventStoreDB has not answered in time');
  }

  function beginNext(): void {
    if (waiting.size === 0) return;
    if (inGroups && waiting.size < calls.underWay) gathering ??= setTimeout(beginAll, GATHERING);
    else beginAll();
  }

  function beginAll(): void {
    if (gathering !== null) clearTimeout(gathering);
    gathering = null;
    for (const begin of waiting) {
      if (replacing !== null || calls.underWay >= most) return;
      waiting.delete(begin);
      begin();
    }
  }

  return {
    client: () => client,
    ask: (timeout, call, done, failed) =>
      new Promise((resolve, reject) => {
        let givenUp = false;
        // Those of the client that it is asked of: another may have taken its place by the time it is given up.
        let among = calls;
        const begin = () => {
          among = calls;
          among.underWay += 1;
          timer.refresh();
          const settle = <V, R>(value: V, result: (value: V) => R, settled: (result: R) => void) => {
            clearTimeout(timer);
            silentSince = null;
            among.underWay -= 1;
            if (givenUp) among.givenUp -= 1;
            beginNext();
            try {
              settled(result(value));
            } catch (error) {
              reject(error);
            }
          };
          call(client).then(
            (result) => settle(result, done, resolve),
            (error: unknown) => settle(error, failed, resolve),
          );
        };
        const timer = setTimeout(() => {
          if (waiting.delete(begin)) {
            reject(new Silence('EventStoreDB answers others too slowly'));
            return;
          }
          givenUp = true;
          among.givenUp += 1;
          reject(silent(timeout));
        }, timeout);
        waiting.add(begin);
        beginNext();
      }),
    answered() {
      silentSince = null;
    },
    silent,
    async close() {
      await replacing;
      await client.dispose();
    },
  };
}
