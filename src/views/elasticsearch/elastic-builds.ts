// Opens the views on Elasticsearch, and the builds beside those that answer.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Failure, failure } from '../../domain/failure.ts';
import { createAnalyser } from '../../text/analyse.ts';
import type { CountTokens } from '../../text/passages.ts';
import { sameSignature } from '../signatures.ts';
import type { Build, BuildRole, BuildViews, ViewBuilds } from '../view-builds.ts';
import type { ViewSignature } from '../view-store.ts';
import { type BuildMade, createBuildIndices, nextName } from './builds.ts';
import { createCheckpoints } from './checkpoint.ts';
import { connect } from './client.ts';
import { LEASE, type LeaseOptions } from './lease.ts';
import type { IndexOptions } from './mappings.ts';
import { namesOf, type Part } from './names.ts';
import { openServing } from './opening.ts';
import { checkVersion } from './server-version.ts';
import { createServing } from './serving.ts';
import { createState } from './state.ts';
import { type BuildStore, openStore } from './store.ts';
import { GONE_FOR } from './sweeping.ts';
import { type ElasticViews, viewsThrough } from './views-through.ts';

export type ElasticOptions = IndexOptions & {
  /** May hold credentials. */
  url: string;
  /** What the names of all indices begin with. */
  prefix: string;
  /** What this process makes views under. */
  signature: ViewSignature;
  /** Whether views made under another signature can be read and carried on with; only under the same one unless given. */
  canCarryOn?: (made: ViewSignature) => boolean;
  /** Where long memories are split; four characters a token without it. */
  countTokens?: CountTokens;
  logger: Logger;
  /** Of each request, in milliseconds. */
  timeout?: number;
  lease?: Partial<LeaseOptions>;
  /** Milliseconds that what is left of forgotten passages stays before it is removed. */
  goneFor?: number;
};

export type ElasticBuilds = ViewBuilds & {
  /** Each call goes to the build that answers then. Closing them closes all. */
  readonly views: ElasticViews;
};

/** What Elasticsearch takes in a `dense_vector`. */
const MOST_DIMENSIONS = 4_096;

/** It resolves also while Elasticsearch is away: then every call fails with UNAVAILABLE until it is there. */
export async function openElasticBuilds(options: ElasticOptions): Promise<ElasticBuilds> {
  const { url, prefix, signature: own, logger, timeout, canCarryOn = (made) => sameSignature(made, own) } = options;
  if (own.dimensions > MOST_DIMENSIONS)
    throw failure('UNAVAILABLE', `Elasticsearch takes vectors of ${MOST_DIMENSIONS} dimensions at most`, {
      limit: MOST_DIMENSIONS,
    });
  const elastic = connect(url, timeout);
  const indices = createBuildIndices(elastic, prefix, options);
  const lease = { ...LEASE, ...options.lease };
  const shared = {
    elastic,
    prefix,
    analyse: createAnalyser(options.countTokens ?? ((text) => Math.ceil(text.length / 4))),
    writer: randomUUID(),
    lease,
    goneFor: options.goneFor ?? GONE_FOR,
  };
  const open = new Map<BuildRole, BuildStore>();
  let begunAnew: string | null = null;
  let closed = false;

  const storeOf = (build: Part, signature: ViewSignature) => openStore({ ...shared, build, signature });

  const checkpointOf = ({ name, signature }: BuildMade) =>
    createCheckpoints(createState(elastic, namesOf(prefix, name, signature)), shared.writer).read();

  const serving = createServing(async () => {
    if (closed) throw failure('UNAVAILABLE', 'the views are closed');
    await checkVersion(elastic);
    const opened = await openServing({ indices, own, canCarryOn, checkpointOf, first: serving.last() === null });
    if (opened.begunAnew !== null) {
      begunAnew = opened.begunAnew;
      logger.info({ reason: begunAnew, build: opened.build }, 'the views are begun anew in Elasticsearch');
    }
    return storeOf(opened.build, opened.signature);
  });

  const byRole = (all: readonly BuildMade[], role: BuildMade['role']) => all.find((build) => build.role === role);
  const buildOf = (made: BuildMade | undefined): Build | null =>
    made === undefined ? null : { id: made.name, signature: made.signature };

  function admit(role: BuildRole): void {
    if (closed) throw failure('UNAVAILABLE', 'the views are closed');
    if (open.has(role)) throw failure('CONFLICT', `the ${role} views are open already`);
  }

  /** An empty build that is for `role`; which was it before is removed. */
  async function make(role: BuildRole, signature: ViewSignature): Promise<BuildStore> {
    const all = await indices.list();
    const name = nextName(all);
    await indices.complete(name, signature);
    await indices.prepare(name, role);
    const former = byRole(all, role);
    if (former !== undefined) await indices.remove(former.name);
    return storeOf(name, signature);
  }

  async function openNext(): Promise<BuildStore> {
    const next = byRole(await indices.list(), 'next');
    if (next?.known !== true || !sameSignature(next.signature, own)) return make('next', own);
    if ((await indices.missing(next.name, own)).some((kind) => kind !== 'vectors')) return make('next', own);
    await indices.complete(next.name, own);
    return storeOf(next.name, own);
  }

  async function openPrevious(): Promise<BuildStore> {
    const previous = byRole(await indices.list(), 'previous');
    if (previous?.known !== true) throw failure('NOT_FOUND', 'there are no views that answered before');
    return storeOf(previous.name, previous.signature);
  }

  function beside(role: BuildRole, opened: BuildStore): BuildViews {
    let store = opened;
    open.set(role, store);
    return viewsThrough(
      { ask: (work) => work(store), write: (work) => work(store), hasMoved: () => false, checkpointTold() {} },
      {
        renewEvery: lease.renewEvery,
        begunAnew: () => null,
        async reset() {
          store = await make(role, store.signature);
          open.set(role, store);
        },
        async close() {
          if (open.get(role) !== store) return;
          open.delete(role);
          await store.lease.release();
        },
      },
    );
  }

  const views = viewsThrough(serving, {
    renewEvery: lease.renewEvery,
    begunAnew: () => begunAnew,
    async reset() {
      const all = await indices.list();
      const name = nextName(all);
      await indices.complete(name, own);
      await indices.serve(name, own, null);
      serving.take(storeOf(name, own));
      for (const build of all) if (build.role !== 'next') await indices.remove(build.name);
    },
    async close() {
      closed = true;
      // Whoever waits for a lease that was not given up takes it over when it lapses.
      const stores = [serving.last(), ...open.values()];
      await Promise.allSettled(stores.map((store) => store?.lease.release()));
      await elastic.close();
    },
  });

  await serving.current().catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    logger.warn({ err: error }, 'the views cannot be opened; it is tried again');
  });

  return {
    views,
    own,
    signature: () => serving.last()?.signature ?? own,
    async list() {
      const { build, signature } = await serving.current();
      const all = await indices.list();
      const answering = buildOf(byRole(all, 'serving')) ?? { id: build, signature };
      return { serving: answering, next: buildOf(byRole(all, 'next')), previous: buildOf(byRole(all, 'previous')) };
    },
    async open(role) {
      admit(role);
      return beside(role, role === 'next' ? await openNext() : await openPrevious());
    },
    async serve(role) {
      const store = open.get(role);
      if (store === undefined) throw failure('CONFLICT', `the ${role} views are not open`);
      const all = await indices.list();
      await indices.serve(store.build, store.signature, byRole(all, 'serving')?.name ?? null);
      open.delete(role);
      await serving
        .last()
        ?.lease.release()
        .catch(() => {});
      serving.take(store);
      const gone = role === 'next' ? byRole(all, 'previous') : undefined;
      if (gone !== undefined) await indices.remove(gone.name);
    },
    async drop(role) {
      admit(role);
      const build = byRole(await indices.list(), role);
      if (build !== undefined) await indices.remove(build.name);
    },
  };
}
