// Records that offers have expired: what expired while no server ran at once, then each when its time has come. It reads
// the log from a cursor, woken by every append; whoever else sweeps the same log races it for the same revision, so that
// one event is appended. Nothing waits for it: commands and reads go by the clock themselves.
import { v7 } from 'uuid';
import type { Instant, Position } from '../domain/event.ts';
import { expire } from '../domain/handoff-decisions.ts';
import { SERVER } from '../domain/streams.ts';
import { decode, encode } from '../events/codec.ts';
import { type EventLog, MAX_PAGE } from '../log/event-log.ts';
import { handoffNoun } from './handoff-stream.ts';
import { createOpenOffers, type OpenOffer } from './open-offers.ts';
import { lastRevision, loadStream } from './stream.ts';

export type HandoffExpiryOptions = {
  log: EventLog;
  clock: () => Date;
  logger?: { warn(details: object, message: string): void };
  /** Calls `work` after so many milliseconds, unless what it returns is called before. */
  after?: (milliseconds: number, work: () => void) => () => void;
  /** Offers that are kept in memory, at most. */
  mostOffers?: number;
};

export type HandoffExpiry = {
  start(): void;
  /** Nothing is appended after it resolves. */
  stop(): Promise<void>;
};

/** Milliseconds. Clocks are set, and timers are late on a machine that slept. */
const LONGEST_WAIT = 60_000;
/** What is appended meanwhile is read at once. */
const AFTER_APPEND = 200;
const FIRST_RETRY = 1_000;

export function createHandoffExpiry({
  log,
  clock,
  logger,
  after = unrefTimer,
  mostOffers = 10_000,
}: HandoffExpiryOptions): HandoffExpiry {
  const offers = createOpenOffers(mostOffers);
  let position: Position | null = null;
  let state: 'new' | 'running' | 'stopped' = 'new';
  let sweeping: Promise<void> | null = null;
  /** There is more to read. */
  let behind = false;
  let failures = 0;
  let cancelTimer = () => {};
  let unsubscribe = () => {};

  function woken(): void {
    if (behind) return;
    behind = true;
    if (sweeping === null) arm();
  }

  function arm(): void {
    cancelTimer();
    if (state === 'running') cancelTimer = after(untilNext(), sweep);
  }

  function untilNext(): number {
    if (failures > 0) return Math.min(LONGEST_WAIT, FIRST_RETRY * 2 ** (failures - 1));
    const next = offers.next();
    const wait = next === null ? LONGEST_WAIT : Date.parse(next) - clock().getTime();
    return Math.max(0, Math.min(wait, behind ? AFTER_APPEND : LONGEST_WAIT));
  }

  function sweep(): void {
    if (state !== 'running' || sweeping !== null) return;
    sweeping = round().finally(() => {
      sweeping = null;
      arm();
    });
  }

  async function round(): Promise<void> {
    behind = false;
    let failed = await attempt(readOn);
    const now = clock().toISOString();
    for (const offer of offers.due(now)) failed = (await attempt(() => record(offer, now))) || failed;
    failures = failed ? failures + 1 : 0;
    if (!offers.isExhausted() || position === null) return;
    offers.reset(position);
    position = null;
    behind = true;
  }

  /** Whether it failed: then it is tried again, and what else has expired is recorded meanwhile. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error) {
      logger?.warn({ err: error }, 'handoffs that expired could not be recorded; trying again');
      return true;
    }
  }

  async function readOn(): Promise<void> {
    for (let end = false; !end; ) {
      const page = await log.read({ after: position, categories: ['handoff'], limit: MAX_PAGE });
      for (const recorded of page.events) {
        const decoded = decode(recorded);
        if (decoded !== null) offers.take(decoded);
      }
      position = page.position;
      end = page.end;
    }
  }

  async function record(offer: OpenOffer, now: Instant): Promise<void> {
    if (state !== 'running') return;
    const { stream, state: handoff, events } = await loadStream(log, handoffNoun, offer.tenant, offer.id);
    const [event] = handoff === null ? [] : expire(handoff, now);
    if (event !== undefined) {
      const id = v7();
      const metadata = { correlationId: id, ...causeOf(events), actor: SERVER, tenant: offer.tenant };
      const write = encode(event, { id, recordedAt: now, metadata });
      // Who was faster ended the offer, too.
      await log.append([{ stream, expected: lastRevision(events), events: [write] }]);
    }
    offers.drop(offer);
  }

  return {
    start() {
      if (state !== 'new') return;
      state = 'running';
      unsubscribe = log.onAppend(woken);
      sweep();
    },
    async stop() {
      state = 'stopped';
      unsubscribe();
      cancelTimer();
      await sweeping;
    },
  };
}

const causeOf = ([offered]: readonly { id: string }[]) => (offered === undefined ? {} : { causationId: offered.id });

function unrefTimer(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds).unref();
  return () => clearTimeout(timer);
}
