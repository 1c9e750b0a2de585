// Brings vectors to the views: asks what they want, has it embedded, puts it. Embedding is the slow part, so several
// batches are under way at once; while the embedder is down the pump waits, longer each time, and then goes on by itself.
import { Failure } from '../domain/failure.ts';
import type { ViewWriter, WantedVector } from '../views/view-store.ts';
import type { Embedder } from './embedder.ts';
import { createParking } from './parking.ts';

export type PumpOptions = {
  logger?: { warn(details: object, message: string): void; info(details: object, message: string): void };
  /** Batches under way at once. */
  batches?: number;
  /** Whether vectors are made here; where not, it is only seen whether they are wanted. Always unless given. */
  isOn?: () => boolean;
  /** Milliseconds to wait after the first failure; doubled with each, up to `longestDelay`, and up to half of it less by chance. */
  firstDelay?: number;
  longestDelay?: number;
  /** Milliseconds after which a text that was refused is tried again. */
  retryRefusedAfter?: number;
};

export type PumpCounts = {
  /** Vectors made since the start. */
  made: number;
  /** Texts that are being embedded, or were refused and wait to be tried again. */
  waiting: number;
  /** Batches that failed since the start. */
  failures: number;
};

export type Pump = {
  start(): void;
  /** The views may want more: call it after each change to them. */
  nudge(): void;
  /** True as soon as nothing is wanted (but refused texts); false when the time is over, or the embedder is down. */
  idle(milliseconds: number): Promise<boolean>;
  counts(): PumpCounts;
  /** Nothing is put after it resolves. */
  stop(): Promise<void>;
};

const MOST_REFUSED = 256;
const MINUTE = 60_000;

/** Milliseconds between two looks at what another process does. */
const LOOK_AGAIN = 100;

export function createPump(
  views: Pick<ViewWriter, 'wantedVectors' | 'putVectors'>,
  embedder: Pick<Embedder, 'embed' | 'batch'>,
  options: PumpOptions = {},
): Pump {
  const {
    logger,
    batches = 4,
    isOn = () => true,
    firstDelay = 250,
    longestDelay = 30_000,
    retryRefusedAfter = 10 * MINUTE,
  } = options;
  const refused = createParking(MOST_REFUSED, retryRefusedAfter, nudge);
  const underWay = new Map<Promise<void>, readonly WantedVector[]>();
  const writes = new Set<Promise<void>>();
  const counts = { made: 0, failures: 0 };
  let waiters: ((idle: boolean) => void)[] = [];
  let state: 'new' | 'running' | 'stopped' = 'new';
  let failuresInARow = 0;
  let again = false;
  let scanning: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let lookingAgain: NodeJS.Timeout | undefined;

  const waiting = (): number => refused.size() + [...underWay.values()].reduce((sum, batch) => sum + batch.length, 0);
  const down = (): boolean => failuresInARow > 0;

  function nudge(): void {
    again = true;
    if (state !== 'running' || scanning || timer) return;
    scanning = scan().finally(() => {
      scanning = null;
      if (again) nudge();
    });
  }

  /** Fills the free places with batches. While the embedder is down, one batch at a time finds out whether it is back. */
  async function scan(): Promise<void> {
    again = false;
    const asking = waiters;
    if (!isOn()) return lookOnly(asking);
    const places = (down() ? 1 : batches) - underWay.size;
    if (places <= 0) return;
    // Taken before the views are asked: a batch that ends in between is in their answer still.
    const taken = new Set([...underWay.values()].flat().map(({ hash }) => hash));
    try {
      const wanted = await views.wantedVectors(waiting() + places * embedder.batch);
      if (state !== 'running') return;
      const fresh = wanted.filter(({ hash }) => !taken.has(hash) && !refused.has(hash));
      for (let place = 0; place < places; place++) {
        const batch = fresh.slice(place * embedder.batch, (place + 1) * embedder.batch);
        if (batch.length > 0) begin(batch);
      }
      if (underWay.size === 0) settle(true, asking);
    } catch (error) {
      pause(error);
    }
  }

  /** Another process makes the vectors: whether there is an end of it is seen by what is wanted still. */
  async function lookOnly(asking: typeof waiters): Promise<void> {
    if (asking.length === 0) return;
    try {
      if ((await views.wantedVectors(1)).length === 0) settle(true, asking);
    } catch {
      settle(false, asking);
    }
    if (waiters.length > 0 && state === 'running') lookingAgain ??= setTimeout(lookAgain, LOOK_AGAIN);
  }

  function lookAgain(): void {
    lookingAgain = undefined;
    nudge();
  }

  function begin(batch: readonly WantedVector[]): void {
    const work = embedAndPut(batch)
      .then(recovered, pause)
      .finally(() => {
        underWay.delete(work);
        nudge();
      });
    underWay.set(work, batch);
  }

  /** A batch that is refused is halved until the texts at fault are alone: they must not hold up the others. */
  async function embedAndPut(batch: readonly WantedVector[]): Promise<void> {
    try {
      const vectors = await embedder.embed(
        batch.map(({ text }) => text),
        'passage',
      );
      if (state === 'stopped') return;
      await put(batch.flatMap(({ hash }, i) => (vectors[i] ? [{ hash, vector: vectors[i] }] : [])));
      counts.made += batch.length;
    } catch (error) {
      if (state === 'stopped' || !isRefusal(error)) throw error;
      const [only, ...others] = batch;
      if (others.length > 0) {
        const middle = Math.ceil(batch.length / 2);
        await embedAndPut(batch.slice(0, middle));
        await embedAndPut(batch.slice(middle));
      } else if (only) {
        // With no place left every text may be refused, and not for what it says: slow down.
        if (!refused.add(only.hash)) throw error;
        counts.failures++;
        logger?.warn({ hash: only.hash }, 'the embedder refuses a text; it is tried again later');
      }
    }
  }

  async function put(vectors: { hash: string; vector: Float32Array }[]): Promise<void> {
    const write = views.putVectors(vectors);
    writes.add(write);
    await write.finally(() => writes.delete(write));
  }

  function recovered(): void {
    if (down()) logger?.info({}, 'the embedder is back');
    failuresInARow = 0;
  }

  function pause(error: unknown): void {
    if (state !== 'running') return;
    counts.failures++;
    settle(false, waiters);
    if (timer) return;
    if (!down()) logger?.warn({ err: error }, 'texts cannot be embedded now; they are tried again');
    const delay = Math.min(firstDelay * 2 ** failuresInARow, longestDelay) * (1 - Math.random() / 2);
    failuresInARow++;
    timer = setTimeout(() => {
      timer = undefined;
      nudge();
    }, delay);
  }

  function settle(idle: boolean, those: typeof waiters): void {
    waiters = waiters.filter((waiter) => !those.includes(waiter));
    for (const resolve of those) resolve(idle);
  }

  return {
    start() {
      if (state === 'new') state = 'running';
      nudge();
    },
    nudge,
    async idle(milliseconds) {
      if (state === 'stopped' || timer) return false;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiters = [...waiters, resolve];
      const tooLate = setTimeout(() => settle(false, [resolve]), milliseconds);
      nudge();
      return promise.finally(() => clearTimeout(tooLate));
    },
    counts: () => ({ ...counts, waiting: waiting() }),
    async stop() {
      state = 'stopped';
      clearTimeout(timer);
      clearTimeout(lookingAgain);
      refused.close();
      settle(false, waiters);
      await scanning;
      // What is being embedded is not waited for: an endpoint may take long, and its answer is not put any more.
      await Promise.allSettled(writes);
    },
  };
}

/** The text itself is at fault: the embedder is there, and asking again would change nothing. */
const isRefusal = (error: unknown): boolean => error instanceof Failure && error.code === 'INVALID_INPUT';
