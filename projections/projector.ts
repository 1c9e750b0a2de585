// Runs the projections: reads the log from the views' checkpoint to its end, then follows it. One page at a time, and
// with each page's documents the views keep how far they have come, so that a stop or a crash anywhere loses nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Position, RecordedEvent } from '../src/domain/event.ts';
import { Failure, failure } from '../src/domain/failure.ts';
import { type DecodedEvent, decode } from '../src/events/codec.ts';
import type { EventLog } from '../src/log/event-log.ts';
import type { ViewWriter } from '../src/views/view-store.ts';
import { projected as categories, projectPage } from './project-page.ts';
import { createWaiters } from './waiters.ts';

export type ProjectorOptions = {
  logger?: { warn(details: object, message: string): void; info(details: object, message: string): void };
  /** Empties the views, for a checkpoint that is not of this log. Without it the projector stands still there. */
  reset?: () => Promise<void>;
  /** While more than a page is behind: how many events are done, of how many there were to do. */
  onProgress?: (done: number, total: number) => void;
  clock?: () => Date;
  /** Events in a page. */
  pageSize?: number;
  /** Milliseconds to wait after the first failure; doubled with each, up to `longestDelay`, and up to half of it less by chance. */
  firstDelay?: number;
  longestDelay?: number;
};

export type Projector = {
  /** Catches up in the background, then follows the log. */
  start(): Promise<void>;
  /** Whether the views have the position before the time is over. */
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
  /** Finishes the page in work. */
  stop(): Promise<void>;
};

export function createProjector(
  log: EventLog,
  views: Pick<ViewWriter, 'load' | 'apply' | 'checkpoint'>,
  options: ProjectorOptions = {},
): Projector {
  const { logger, reset, onProgress, clock = () => new Date(), pageSize = 500 } = options;
  const { firstDelay = 100, longestDelay = 10_000 } = options;
  const waiters = createWaiters();
  const skipped = new Map<string, number>();
  let running: Promise<void> | null = null;
  let stopping = false;
  let position: Position | null = null;
  let atEnd = false;
  let trouble: string | null = null;
  /** Set when the log has grown, or the projector must stop; a wake-up that comes while a page is read is not lost. */
  let woken = false;
  let wake = () => {};
  /** What is done now, to be named when it fails. */
  let doing = '';

  async function run(): Promise<void> {
    const unsubscribe = log.onAppend(rouse);
    for (let failures = 0; !stopping; ) {
      try {
        await begin();
        await follow(() => {
          failures = 0;
        });
      } catch (error) {
        await pause(error, failures++);
      }
    }
    unsubscribe();
  }

  /** The views say where they are: after a failure they may know less than they were told. */
  async function begin(): Promise<void> {
    doing = 'the views cannot tell how far they are';
    let checkpoint = await views.checkpoint();
    if (checkpoint !== null && !(await isOfThisLog(checkpoint))) {
      doing = 'the views were made from another event log';
      if (reset === undefined) throw failure('UNAVAILABLE', 'they must be made anew');
      logger?.warn({}, 'the views were made from another event log and are made anew');
      await reset();
      checkpoint = await views.checkpoint();
    }
    // Not before: whoever waits for a position would be let through by that of another log.
    position = checkpoint;
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

  async function follow(applied: () => void): Promise<void> {
    let progress: { done: number; total: number } | null = null;
    while (!stopping) {
      woken = false;
      const before = position;
      const { events, end } = await applyPage();
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

  async function applyPage(): Promise<{ events: number; end: boolean }> {
    doing = 'the event log cannot be read';
    const page = await log.read({ after: position, categories, limit: pageSize });
    const [known, unknown] = decodeAll(page.events);
    doing = 'the views cannot be written';
    if (page.position !== position) {
      const changes = await projectPage(known, views.load);
      await views.apply(changes, page.position);
    }
    for (const { type } of unknown) skipped.set(type, (skipped.get(type) ?? 0) + 1);
    position = page.position;
    atEnd = page.end;
    waiters.reached(position);
    return { events: page.events.length, end: page.end };
  }

  async function countAfter(from: Position | null): Promise<number> {
    doing = 'the event log cannot be read';
    return log.countAfter(from, categories);
  }

  async function pause(error: unknown, failures: number): Promise<void> {
    // Only a Failure's message is known to hold nothing of a memory.
    trouble = `${doing}: ${error instanceof Failure ? error.message : 'an unexpected error, which is in the server log'}`;
    atEnd = false;
    if (failures === 0) logger?.warn({ err: error }, `the projector stands still, and tries again: ${doing}`);
    const delay = Math.min(firstDelay * 2 ** failures, longestDelay) * (1 - Math.random() / 2);
    if (!stopping) await sleep(delay);
  }

  function recovered(): void {
    if (trouble !== null) logger?.info({}, 'the projector goes on');
    trouble = null;
  }

  function rouse(): void {
    woken = true;
    // A log that grows is no reason to try sooner what failed.
    if (trouble === null || stopping) wake();
  }

  async function sleep(milliseconds?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
    wake = resolve;
    await promise;
    clearTimeout(timer);
    wake = () => {};
  }

  const has = (wanted: Position) => position !== null && wanted <= position;

  return {
    async start() {
      if (!stopping) running ??= run();
    },
    async waitFor(wanted, milliseconds) {
      if (has(wanted)) return true;
      return stopping ? false : waiters.wait(wanted, milliseconds);
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
    skipped: () => Object.fromEntries(skipped),
    failure: () => trouble,
    async stop() {
      stopping = true;
      rouse();
      await running;
      waiters.dismiss();
    },
  };
}

function decodeAll(events: readonly RecordedEvent[]): [known: DecodedEvent[], unknown: RecordedEvent[]] {
  const known: DecodedEvent[] = [];
  const unknown: RecordedEvent[] = [];
  for (const event of events) {
    const decoded = decode(event);
    if (decoded === null) unknown.push(event);
    else known.push(decoded);
  }
  return [known, unknown];
}
