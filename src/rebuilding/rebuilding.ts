// Views made anew while the ones that are there answer: another build is filled from the log and follows it, is compared
// with the one that answers, and takes its place between two pages of the projections. One at a time.
import type { Directory } from '../access/directory.ts';
import { Failure, failure } from '../domain/failure.ts';
import type { Embedder } from '../embedding/embedder.ts';
import type { EmbedQuery } from '../embedding/query-cache.ts';
import type { EventLog } from '../log/event-log.ts';
import { hasModelOf, sameSignature } from '../views/signatures.ts';
import type { Build, BuildRole, BuildViews, ViewBuilds } from '../views/view-builds.ts';
import type { ViewStore } from '../views/view-store.ts';
import { compare, differenceIn } from './compare.ts';
import { type Amount, type Filler, startFiller } from './filler.ts';
import type { Comparison, RebuildOutcome, RebuildPhase, RebuildStatus } from './status.ts';

export type RebuildingParts = {
  log: EventLog;
  builds: ViewBuilds;
  /** Those that answer, whichever build that is. */
  views: ViewStore;
  /** Of the views that answer. */
  projector: Pick<Projector, 'between' | 'waitFor'>;
  embedder: Embedder;
  embedQuery: EmbedQuery;
  directory: Pick<Directory, 'refresh' | 'tenants' | 'readerOf'>;
  clock: () => Date;
  logger: {
    error(details: object, message: string): void;
    warn(details: object, message: string): void;
    info(details: object, message: string): void;
  };
};

type Projector = {
  between<T>(work: () => Promise<T>): Promise<T>;
  waitFor(position: string, milliseconds: number): Promise<boolean>;
};

export type RebuildOptions = {
  /** The build takes over although it differs from what answers. */
  accept: boolean;
};

export type Rebuilding = {
  status(): Promise<RebuildStatus>;
  /** Begins in the background, or goes on with what was filled before. CONFLICT while one is under way. */
  start(options: RebuildOptions): Promise<void>;
  /** To what answered before, which catches up and is compared first. NOT_FOUND without any. */
  back(options: RebuildOptions): Promise<void>;
  /** Breaks off what is under way, and removes all views but those that answer. */
  drop(): Promise<void>;
  /** For a server that projects into views which were made under another signature: others are made, or gone back to. */
  begin(): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

/** Milliseconds that the projections may stand still for a build to catch up with the last events, and to take over. */
const SWITCH_MS = 10_000;

/** Milliseconds for two builds to have the same events while they are compared. */
const SETTLE_MS = 30_000;

type Run = {
  role: BuildRole;
  phase: Exclude<RebuildPhase, 'IDLE'>;
  filler: Filler | null;
  compared: Amount;
  stop: AbortController;
  over: Promise<void>;
};

const NOTHING: Amount = { done: 0, total: 0 };

export function createRebuilding(parts: RebuildingParts): Rebuilding {
  const { log, builds, views, projector, embedQuery, directory, clock, logger } = parts;
  const { own } = builds;
  let run: Run | null = null;
  let outcome: RebuildOutcome | null = null;
  let comparison: Comparison | null = null;
  let closed = false;

  function begin(role: BuildRole, accept: boolean): void {
    if (closed) throw failure('UNAVAILABLE', 'the server is stopping');
    if (run !== null) throw failure('CONFLICT', 'the views are being rebuilt already');
    const started: Run = {
      role,
      phase: 'FILLING',
      filler: null,
      compared: NOTHING,
      stop: new AbortController(),
      over: Promise.resolve(),
    };
    run = started;
    outcome = null;
    comparison = null;
    started.over = carryOut(started, accept)
      .catch((error: unknown) => ended(started, error))
      .then((result) => {
        outcome = result;
        run = null;
        logger[result.result === 'SWITCHED' || result.result === 'STOPPED' ? 'info' : 'warn'](
          { result: result.result, reason: result.reason },
          'the rebuild of the views is over',
        );
      });
  }

  const outcomeOf = (result: RebuildOutcome['result'], reason: string | null): RebuildOutcome => ({
    result,
    reason,
    at: clock().toISOString(),
  });

  function ended({ stop }: Run, error: unknown): RebuildOutcome {
    if (stop.signal.aborted) return outcomeOf('STOPPED', 'it was broken off; the next rebuild goes on from there');
    logger.error({ err: error }, 'the views could not be rebuilt');
    // Only a Failure's message is known to hold nothing of a memory.
    return outcomeOf('FAILED', error instanceof Failure ? error.message : 'unexpectedly: see the server log');
  }

  async function carryOut(current: Run, accept: boolean): Promise<RebuildOutcome> {
    const { role, stop } = current;
    logger.info({ role, ...own }, 'views are filled beside those that answer');
    const { serving: before } = await builds.list();
    const target = await builds.open(role);
    let filler: Filler | null = null;
    try {
      filler = await startFiller(target, parts);
      current.filler = filler;
      await filler.caughtUp(stop.signal);
      current.phase = 'EMBEDDING';
      await filler.embedded(wantedByServing, stop.signal);
      current.phase = 'COMPARING';
      comparison = await unlessAborted(compareWith(current, target, filler), stop.signal);
      const difference = differenceIn(comparison);
      if (difference !== null && !accept) return outcomeOf('DIFFERENT', `not switched: ${difference}`);
      current.phase = 'SWITCHING';
      const filled = filler;
      const isFirst = await projector.between(() => takeOver(current, filled, before));
      return outcomeOf('SWITCHED', isFirst ? difference : 'another server was faster');
    } finally {
      await filler?.stop();
      await target.close();
    }
  }

  /** While an embedder is away, views that want no more than those that answer are as good as they. */
  const wantedByServing = async (): Promise<number> =>
    hasModelOf(builds.signature(), own) ? (await views.statistics()).vectorsWanted : 0;

  function compareWith(current: Run, candidate: BuildViews, filler: Filler): Promise<Comparison> {
    return compare({
      serving: views,
      candidate,
      directory,
      embed: hasModelOf(builds.signature(), own) ? embedQuery : null,
      clock,
      async settle() {
        const head = await log.head();
        const reached = await Promise.all([projector.waitFor(head, SETTLE_MS), filler.waitFor(head, SETTLE_MS)]);
        if (reached.includes(false)) throw failure('UNAVAILABLE', 'the views do not catch up with the log');
      },
      onProgress: (done, total) => {
        current.compared = { done, total };
      },
      signal: current.stop.signal,
    });
  }

  /**
   * The checkpoint never falls: readers that were promised a position find it in the build that takes over. False: others
   * than those that it was compared with answer by now.
   */
  async function takeOver({ role, stop }: Run, filler: Filler, before: Build): Promise<boolean> {
    stop.signal.throwIfAborted();
    if (!(await filler.waitFor(await log.head(), SWITCH_MS)))
      throw failure('UNAVAILABLE', filler.trouble() ?? 'the filled views do not catch up with the log');
    await filler.stop();
    if ((await builds.list()).serving.id !== before.id) return false;
    await builds.serve(role);
    return true;
  }

  async function amount({ phase, filler, compared }: Run): Promise<Amount> {
    if (phase === 'COMPARING') return compared;
    if (filler === null || phase === 'SWITCHING') return NOTHING;
    // A figure that cannot be had now is no reason to tell nothing.
    return (phase === 'FILLING' ? filler.events() : filler.vectors()).catch(() => NOTHING);
  }

  async function stopRun(): Promise<void> {
    run?.stop.abort();
    await run?.over;
  }

  return {
    async status() {
      const current = run;
      return {
        phase: current?.phase ?? 'IDLE',
        ...(current === null ? NOTHING : await amount(current)),
        trouble: current?.filler?.trouble() ?? null,
        outcome,
        comparison,
        builds: await builds.list(),
      };
    },
    async start({ accept }) {
      begin('next', accept);
    },
    async back({ accept }) {
      const { previous } = await builds.list();
      if (previous === null) throw failure('NOT_FOUND', 'there are no views that answered before');
      if (!hasModelOf(previous.signature, own))
        throw failure(
          'CONFLICT',
          `the views before were made with the embedder ${previous.signature.model}: start the server with it, and it goes back to them`,
        );
      begin('previous', accept);
    },
    async drop() {
      await stopRun();
      await builds.drop('next');
      await builds.drop('previous');
    },
    async begin() {
      if (run !== null || outcome?.result === 'DIFFERENT' || sameSignature(builds.signature(), own)) return;
      const { previous } = await builds.list();
      begin(previous !== null && sameSignature(previous.signature, own) ? 'previous' : 'next', false);
    },
    settled: async () => run?.over,
    async close() {
      closed = true;
      await stopRun();
    },
  };
}

/** What is compared may wait for an embedder, and nobody waits for that. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
