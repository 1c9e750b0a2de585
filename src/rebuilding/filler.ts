// Fills a build from the log, and follows it: projections of its own first, then the vectors.
import { setTimeout as sleep } from 'node:timers/promises';
import { projected } from '../../projections/project-page.ts';
import { createProjector } from '../../projections/projector.ts';
import type { Position } from '../domain/event.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { nudging } from '../embedding/nudging.ts';
import { createPump } from '../embedding/pump.ts';
import type { EventLog } from '../log/event-log.ts';
import type { BuildViews } from '../views/view-builds.ts';

type FillerLogger = {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
};

export type FillerOptions = {
  log: EventLog;
  embedder: Pick<Embedder, 'embed' | 'batch'>;
  clock: () => Date;
  logger: FillerLogger;
};

export type Amount = { done: number; total: number };

export type Filler = {
  /** Resolves when the build has what the log had at some moment since. */
  caughtUp(signal: AbortSignal): Promise<void>;
  /** Resolves when the build wants no more vectors than so many. */
  embedded(mayWant: () => Promise<number>, signal: AbortSignal): Promise<void>;
  waitFor(position: Position, milliseconds: number): Promise<boolean>;
  /** Events that the build has, of those that there are. */
  events(): Promise<Amount>;
  /** Vectors that were made or found, of those that were wanted. */
  vectors(): Promise<Amount>;
  /** Why it does not get on. */
  trouble(): string | null;
  /** Nothing is written after it resolves. */
  stop(): Promise<void>;
};

/** Between two looks at whether it is done or is to be broken off. */
const LOOK_MS = 200;

/** Short, as others are served by the same process. */
const EVENTS_IN_PAGE = 200;
const BATCHES = 2;

export async function startFiller(views: BuildViews, { log, embedder, clock, logger }: FillerOptions): Promise<Filler> {
  const pump = createPump(views, embedder, { logger, batches: BATCHES, isOn: () => projector.leads() });
  const projector = createProjector(log, nudging(views, pump), {
    logger,
    clock,
    pageSize: EVENTS_IN_PAGE,
    reset: views.reset,
    onLead: pump.nudge,
  });
  let mostWanted = 0;
  let embedderFails = false;
  await projector.start();

  return {
    async caughtUp(signal) {
      const head = await log.head();
      while (!(await projector.waitFor(head, LOOK_MS))) signal.throwIfAborted();
      signal.throwIfAborted();
    },
    async embedded(mayWant, signal) {
      pump.start();
      for (let before = pump.counts(); !(await pump.idle(LOOK_MS)); ) {
        signal.throwIfAborted();
        const now = pump.counts();
        if (now.made > before.made) embedderFails = false;
        else if (now.failures > before.failures) embedderFails = true;
        before = now;
        if ((await views.statistics()).vectorsWanted <= (await mayWant())) break;
        await sleep(LOOK_MS, undefined, { signal });
      }
      embedderFails = false;
      signal.throwIfAborted();
    },
    waitFor: projector.waitFor,
    async events() {
      const [total, { events }] = await Promise.all([log.countAfter(null, projected), projector.lag()]);
      return { done: Math.max(0, total - events), total };
    },
    async vectors() {
      const { vectorsWanted } = await views.statistics();
      mostWanted = Math.max(mostWanted, vectorsWanted);
      return { done: mostWanted - vectorsWanted, total: mostWanted };
    },
    trouble: () =>
      projector.failure() ??
      (embedderFails ? 'the embedder fails on texts that want a vector; they are tried again' : null),
    async stop() {
      await projector.stop();
      await pump.stop();
    },
  };
}
