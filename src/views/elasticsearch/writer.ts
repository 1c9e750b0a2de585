// The writing side of one build: everything that changes it goes through here, one thing after another, and only while
// this process has the lease.
import type { Instant } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import type { Analyse } from '../../text/analysis.ts';
import type { Change, ViewWriter } from '../view-store.ts';
import { createApplying } from './applying.ts';
import { openBulk } from './bulk.ts';
import { type Checkpoints, createCheckpoints } from './checkpoint.ts';
import type { Elastic } from './client.ts';
import { createFresh } from './fresh.ts';
import { createHeld } from './held.ts';
import { createInTurn, createShared } from './in-turn.ts';
import { createIndexing } from './indexing.ts';
import { createLapsing } from './lapsing.ts';
import { createLease, type ElasticLease, type LeaseOptions } from './lease.ts';
import { createLoading } from './loading.ts';
import type { Names } from './names.ts';
import { createNeighbours } from './neighbours.ts';
import type { State } from './state.ts';
import { createSweeping } from './sweeping.ts';
import { createTexts } from './texts.ts';
import { createVectors, type KeptVector } from './vectors.ts';
import { createWanted } from './wanted.ts';

export type WriterOptions = {
  elastic: Elastic;
  names: Names;
  state: State;
  analyse: Analyse;
  dimensions: number;
  /** Names this process in the lease: no other has the same. */
  writer: string;
  lease: LeaseOptions;
  /** Milliseconds that what is left of a passage stays, at least. */
  goneFor: number;
};

export type Writer = Omit<ViewWriter, 'refresh'> & {
  lease: ElasticLease;
  reached: Checkpoints['reached'];
  /**
   * Removes the text of what expired a minute before `now`, and what else must not stay; gives back how many memories
   * that were, at most 1,000 a call. 0 where another process projects.
   */
  sweep(now: Instant): Promise<number>;
  /** What expired at `now` lends nothing any more, if this process projects. */
  settle(now: Instant): Promise<void>;
  /** Vectors that are kept, by hash. */
  findVectors(hashes: readonly string[]): Promise<Map<string, Float32Array>>;
};

export function createWriter(options: WriterOptions): Writer {
  const { elastic, names, state, analyse, dimensions, writer, goneFor } = options;
  const inTurn = createInTurn();
  const { fresh, written } = createFresh(elastic, names);
  const checkpoints = createCheckpoints(state, writer);
  const memories = createHeld(elastic, names, analyse);
  const neighbours = createNeighbours(elastic, names, fresh);
  const vectors = createVectors(elastic, names, dimensions);
  const wanted = createWanted(elastic, names, memories, fresh);
  const texts = createTexts(elastic, names, vectors, fresh);
  const sweeping = createSweeping(elastic, names, fresh, goneFor);
  const lapsing = createLapsing(sweeping);
  const parts = { memories, neighbours, vectors, wanted };
  const indexing = createIndexing(parts);
  const applying = createApplying({ elastic, names, analyse, indexing, parts });
  const lease = createLease(state, writer, options.lease, begin);
  let waiting: KeptVector[] = [];

  /** What was remembered is worth nothing: another may have written since. */
  async function begin(): Promise<void> {
    const isEmpty = (await checkpoints.fence()) === null;
    await memories.begin(isEmpty);
    vectors.clear();
    neighbours.clear(isEmpty);
    wanted.clear(isEmpty);
    lapsing.clear();
    written();
  }

  /** Nothing is written without the lease. */
  async function hold(): Promise<void> {
    if (!lease.isHeld() && !(await lease.hold())) throw failure('UNAVAILABLE', 'another process writes the views');
  }

  /** Nor by one whom another has fenced off without its knowing. */
  async function admit(): Promise<void> {
    if (await checkpoints.isMine()) return;
    // The next time it is asked for again.
    lease.forget();
    throw failure('UNAVAILABLE', 'another process has taken over writing the views');
  }

  /** `admitted` is to be awaited before anything is written. */
  async function writing<T>(work: (admitted: Promise<void>) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      await hold();
      const admitted = admit();
      // It is awaited by the work, if that comes so far.
      admitted.catch(() => {});
      try {
        return await work(admitted);
      } finally {
        written();
      }
    });
  }

  const writingAlone = <T>(work: () => Promise<T>): Promise<T> =>
    writing(async (admitted) => {
      await admitted;
      return work();
    });

  /** What is not removed now is found by a later sweep. */
  async function drop(hashes: readonly string[]): Promise<void> {
    written();
    await texts.drop(hashes).catch(() => {});
  }

  /** After it was written: who looks later finds it in the index, who looked earlier learns of it by this. */
  function noteExpiry(changes: readonly Change[]): void {
    for (const { kind, document } of changes)
      if (kind === 'memory' && document.session !== null && document.expiresAt !== null)
        lapsing.note(document.expiresAt);
  }

  const putWaiting = createShared(() =>
    writingAlone(async () => {
      const given = new Map(waiting.map(({ hash, vector }) => [hash, vector]));
      waiting = [];
      const holders = await holdersOf([...given.keys()]);
      const current = [...given].filter(([hash]) => holders.has(hash));
      // What has them is made meanwhile, and sent when they are kept.
      const kept = vectors.put(current.map(([hash, vector]) => ({ hash, vector })));
      kept.catch(() => {});
      const bulk = openBulk(elastic, names, kept);
      try {
        await indexing.rewrite([...new Set([...holders.values()].flat())], bulk);
        await kept;
        await bulk.end();
      } catch (error) {
        // The index knows which are still without.
        wanted.clear(false);
        throw error;
      }
      for (const hash of given.keys()) wanted.done(hash);
    }),
  );

  /** The memories that have a text, by its hash. */
  async function holdersOf(hashes: readonly string[]): Promise<Map<string, string[]>> {
    const holders = new Map(hashes.map((hash) => [hash, [...wanted.holders(hash)]]));
    const unknown = hashes.filter((hash) => holders.get(hash)?.length === 0);
    for (const { id, hash } of await texts.holders(unknown)) holders.get(hash)?.push(id);
    for (const hash of unknown) if (holders.get(hash)?.length === 0) holders.delete(hash);
    return holders;
  }

  return {
    lease,
    load: createLoading(elastic, names, memories),
    checkpoint: checkpoints.read,
    reached: checkpoints.reached,
    parked: checkpoints.parked,
    apply: (changes, checkpoint, parking) =>
      writing(async (admitted) => {
        const left = await applying.apply(changes, admitted);
        await admitted;
        await checkpoints.move(checkpoint, parking);
        await drop(left);
      }).finally(() => noteExpiry(changes)),
    wantedVectors: (limit) => inTurn(() => wanted.first(limit)),
    async putVectors(given) {
      for (const { vector } of given) vectors.check(vector);
      if (given.length === 0) return;
      waiting.push(...given);
      await putWaiting();
    },
    async sweep(now) {
      if (!lease.isHeld()) return 0;
      const swept = await writingAlone(async () => {
        const ids = await sweeping.expired(now);
        await drop(await applying.remove(ids, now, true));
        await sweeping.removeGone();
        await texts.sweep();
        return ids.length;
      });
      await sweeping.merge();
      return swept;
    },
    async settle(now) {
      if (!lease.isHeld()) return;
      const remove = (ids: readonly string[]) => writingAlone(async () => drop(await applying.remove(ids, now, false)));
      if (await lapsing.settle(now, remove)) await fresh();
    },
    findVectors: (hashes) => vectors.find(hashes),
  };
}
