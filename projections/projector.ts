// Runs the projections: reads the log from the views' checkpoint to its end, then follows it. One page at a time, and
// with each page's documents the views keep how far they have come, so that a stop or a crash anywhere loses nothing. Of
// several servers with the same views one does that; the others watch how far it is, and one of them takes its place.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Position } from '../src/domain/event.ts';
import { Failure, failure } from '../src/domain/failure.ts';
import type { Category } from '../src/domain/streams.ts';
import type { EventLog } from '../src/log/event-log.ts';
import type { ViewStore } from '../src/views/view-store.ts';
import { createApplier } from './apply-events.ts';
import { Halted } from './halted.ts';
import { projected } from './project-page.ts';
import { createTenure } from './tenure.ts';
import { createWaiters } from './waiters.ts';
import { createWatch } from './watch.ts';

/** What makes documents, and what is asked of the projections. */
const categories: readonly Category[] = [...projected, 'parking'];

export type ProjectedViews = Pick<
  ViewStore,
  'load' | 'apply' | 'checkpoint' | 'refresh' | 'parked' | 'lease' | 'pageSize'
>;

export type ProjectorOptions = {
  logger?: { warn(details: object, message: string): void; info(details: object, message: string): void };
  /** It has begun to project. */
  onLead?: () => void;
  /** Empties the views, for a checkpoint that is not of this log. Without it the projector stands still there. */
  reset?: () => Promise<void>;
  /** While more than a page is behind: how many events are done, of how many there were to do. */
  onProgress?: (done: number, total: number) => void;
  clock?: () => Date;
  /** Events in a page; what the views say unless given. */
  pageSize?: number;
  /** Milliseconds to wait after the first failure; doubled with each, up to `longestDelay`, and up to half of it less by chance. */
  firstDelay?: number;
  longestDelay?: number;
  /** Milliseconds after which views that do not get on are trouble, where another server projects. */
  patience?: number;
};

export type Projector = {
  /** Catches up in the background, then follows the log. */
  start(): Promise<void>;
  /** Whether it is this server that projects. */
  leads(): boolean;
  /** Whether reads of the views have the position before the time is over, whichever server projects. */
  waitFor(position: Position, milliseconds: number): Promise<boolean>;
  /** null: not known yet, or nothing was applied. */
  position(): Position | null;
  /** The last look at the log found nothing that the views do not have. */
  caughtUp(): boolean;
  /** What the views do not have yet; seconds: since the oldest of it was recorded. */
  lag(): Promise<{ events: number; seconds: number }>;
  /** Events that were passed over because their type is not known here, by type. */
  skipped(): Record<string, number>;
  /** Why it stands still, in one sentence; null when it does not. It goes on by itself. */
  failure(): string | null;
  /** Does something while no page is in work, and then goes on from where the views say they are. */
  between<T>(work: () => Promise<T>): Promise<T>;
  /** Finishes the page in work. */
  stop(): Promise<void>;
};

const PAGE_SIZE = 500;

/** Milliseconds between two looks at views that another server writes: while somebody waits for them, and else. */
const QUICK_LOOK = 100;
const SLOW_LOOK = 1_000;

export function createProjector(log: EventLog, views: ProjectedViews, options: ProjectorOptions = {}): Projector {
  const { logger, onLead, reset, onProgress, clock = () => new Date() } = options;
  const { pageSize = views.pageSize ?? PAGE_SIZE } = options;
  const { firstDelay = 100, longestDelay = 10_000, patience = 10_000 } = options;
  const warn = (details: object, message: string) => logger?.warn(details, message);
  const waiters = createWaiters(() => views.refresh());
  const applier = createApplier({ log, views, clock, warn });
  const tenure = createTenure({ lease: views.lease, changed: () => rouse(true), warn });
  const watch = createWatch(patience);
  let running: Promise<void> | null = null;
  let stopping = false;
  let following = false;
  let position: Position | null = null;
  let atEnd = false;
  let trouble: string | null = null;
  /** Set when the log has grown, or the projector must stop; a wake-up that comes while a page is read is not lost. */
  let woken = false;
  let wake = () => {};
  /** What is done now, to be named when it fails. */
  let doing = '';
  /** One at a time: a page, or what is done between two. */
  let turn: Promise<unknown> = Promise.resolve();
  let interrupted = false;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  }

  async function run(): Promise<void> {
    const unsubscribe = log.onAppend(() => rouse(false));
    tenure.begin();
    for (let failures = 0; !stopping; ) {
      const applied = () => {
        failures = 0;
      };
      try {
        if (tenure.holds()) await lead(applied);
        else await follow(applied);
      } catch (error) {
        following = false;
        await pause(error, failures++);
      }
    }
    unsubscribe();
  }

  async function lead(applied: () => void): Promise<void> {
    following = false;
    await inTurn(begin);
    onLead?.();
    let progress: { done: number; total: number } | null = null;
    while (!stopping && tenure.holds()) {
      woken = false;
      const before = position;
      const { events, end } = await inTurn(applyPage);
      applied();
      recovered();
      if (onProgress && !end) progress ??= { done: 0, total: await countAfter(before) };
      if (progress) {
        progress.done += events;
        onProgress?.(progress.done, Math.max(progress.total, progress.done));
      }
      if (end) progress = null;
      if (end && !woken) await sleep();
      else await nextTurn();
    }
  }

  /** The views say where they are: after a failure they may know less than they were told. */
  async function begin(): Promise<void> {
    interrupted = false;
    doing = 'the views cannot tell how far they are';
    let checkpoint = await views.checkpoint();
    if (checkpoint !== null && !(await isOfThisLog(checkpoint))) {
      doing = 'the views were made from another event log';
      if (reset === undefined) throw failure('UNAVAILABLE', 'they must be made anew');
      logger?.warn({}, 'the views were made from another event log and are made anew');
      await reset();
      checkpoint = await views.checkpoint();
    }
    await applier.begin(checkpoint);
    // Not before: whoever waits for a position would be let through by that of another log.
    moveTo(checkpoint);
  }

  async function isOfThisLog(checkpoint: Position): Promise<boolean> {
    doing = 'the event log cannot be read';
    try {
      await log.parsePosition(checkpoint, 'checkpoint');
      return true;
    } catch (error) {
      if (error instanceof Failure && error.code === 'INVALID_INPUT') return false;
      throw error;
    }
  }

  async function applyPage(): Promise<{ events: number; end: boolean }> {
    if (interrupted) await begin();
    doing = 'the event log cannot be read';
    const page = await log.read({ after: position, categories, limit: pageSize });
    doing = 'the views cannot be written';
    if (page.position !== position) await applier.apply(page.events, page.position);
    moveTo(page.position);
    atEnd = page.end;
    return { events: page.events.length, end: page.end };
  }

  /** Another server projects: what reads have, and how far that is from the log's end, is to be seen all the same. */
  async function follow(applied: () => void): Promise<void> {
    watch.begin();
    following = true;
    let known = false;
    while (!stopping && !tenure.holds()) {
      doing = 'the views cannot tell how far they are';
      const checkpoint = await views.checkpoint();
      if (checkpoint !== null && !known && !(await isOfThisLog(checkpoint))) {
        doing = 'the views were made from another event log';
        throw failure('UNAVAILABLE', 'the server that projects must make them anew');
      }
      known = checkpoint !== null;
      doing = 'the event log cannot be read';
      if (checkpoint !== position || woken || !atEnd) {
        woken = false;
        const { events, end } = await log.read({ after: checkpoint, categories, limit: 1 });
        atEnd = end && events.length === 0;
      }
      moveTo(checkpoint);
      applied();
      const standing = watch.standsStill(position, atEnd);
      if (standing === null) recovered();
      else trouble = standing;
      if (!stopping && !tenure.holds()) await sleep(waiters.waiting() ? QUICK_LOOK : SLOW_LOOK);
    }
  }

  function moveTo(checkpoint: Position | null): void {
    if (checkpoint === null || (position !== null && checkpoint < position)) waiters.forget();
    position = checkpoint;
    if (checkpoint !== null) waiters.reached(checkpoint);
  }

  async function countAfter(from: Position | null): Promise<number> {
    doing = 'the event log cannot be read';
    return log.countAfter(from, categories);
  }

  async function pause(error: unknown, failures: number): Promise<void> {
    trouble = sentenceOf(error);
    atEnd = false;
    if (failures === 0) logger?.warn({ err: error }, `the projector stands still, and tries again: ${doing}`);
    const delay = Math.min(firstDelay * 2 ** failures, longestDelay) * (1 - Math.random() / 2);
    if (!stopping) await sleep(delay);
  }

  function sentenceOf(error: unknown): string {
    if (error instanceof Halted) return error.message;
    // Only a Failure's message is known to hold nothing of a memory.
    return `${doing}: ${error instanceof Failure ? error.message : 'an unexpected error, which is in the server log'}`;
  }

  function recovered(): void {
    if (trouble !== null) logger?.info({}, 'the projector goes on');
    trouble = null;
  }

  function rouse(atOnce: boolean): void {
    woken = true;
    // A log that grows is no reason to try sooner what failed, nor to look sooner what another has made of it.
    if (atOnce || (!following && trouble === null)) wake();
  }

  async function sleep(milliseconds?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
    wake = resolve;
    await promise;
    clearTimeout(timer);
    wake = () => {};
  }

  return {
    async start() {
      if (!stopping) running ??= run();
    },
    leads: () => running !== null && tenure.holds(),
    async waitFor(wanted, milliseconds) {
      if (stopping) return false;
      const isFirst = !waiters.waiting();
      const reached = waiters.wait(wanted, milliseconds);
      if (isFirst && following && waiters.waiting()) wake();
      return reached;
    },
    position: () => position,
    caughtUp: () => atEnd,
    async lag() {
      const from = position;
      const [events, oldest] = await Promise.all([
        log.countAfter(from, categories),
        log.read({ after: from, categories, limit: 1 }),
      ]);
      const recordedAt = oldest.events[0]?.recordedAt;
      const seconds = recordedAt === undefined ? 0 : (clock().getTime() - Date.parse(recordedAt)) / 1_000;
      return { events, seconds: Math.max(0, seconds) };
    },
    skipped: applier.skipped,
    failure: () => trouble,
    between: (work) =>
      inTurn(() => {
        interrupted = true;
        return work().finally(() => rouse(true));
      }),
    async stop() {
      stopping = true;
      rouse(true);
      await tenure.end(running);
      await running;
      waiters.dismiss();
    },
  };
}
