// A subscriber's place in the log: history first and then what happens, in one loop and so without a seam. It is an
// iterator that is asked for the next notice and looks for it then: nothing waits in a queue for a slow reader.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../access/caller.ts';
import type { Instant, Position } from '../domain/event.ts';
import type { DecodedEvent } from '../events/codec.ts';
import type { Page, Pages, Range } from './pages.ts';
import type { Tail } from './tail.ts';

/** Moves the place to resume from past what the subscriber may not see. */
export type Heartbeat = { kind: 'heartbeat'; position: Position };

/** A notice, for whom it is, and the wake-up before which rights were asked. */
export type Sighted<Notice> = { notice: Notice | Heartbeat; caller: Caller; generation: number };

/** What an event is to a caller; null: nothing. */
export type See<Notice> = (event: DecodedEvent, caller: Caller) => Promise<Notice | null>;

/** The caller with its rights as they are now, and until when its key holds; UNAUTHENTICATED when it does not. */
export type Renew = (caller: Caller) => Promise<{ caller: Caller; expiresAt: Instant | null }>;

/** Calls `ring` after so many milliseconds, unless what it returns is called before. */
export type Alarm = (milliseconds: number, ring: () => void) => () => void;

export type CursorParts = {
  tail: Tail;
  pages: Pages;
  renew: Renew;
  alarm: Alarm;
  clock: () => Date;
  heartbeatSeconds: number;
};

export type Cursor<Notice> = AsyncIterableIterator<Sighted<Notice>, undefined>;

/** Events looked at before others have their turn. */
const BREATH = 16;
/** The longest that a timer takes. */
const MOST_MILLISECONDS = 2 ** 31 - 1;

export function follow<Notice>(
  parts: CursorParts,
  { range, after, caller: subscriber, see }: { range: Range; after: Position; caller: Caller; see: See<Notice> },
): Cursor<Notice> {
  const { tail, pages, renew, alarm, clock, heartbeatSeconds } = parts;
  let start = after;
  let page: Page = { events: [], position: after, end: false };
  let index = 0;
  /** The wake-up before which the page was read. */
  let readAt = -1;
  let ended = false;
  let overdue = false;
  let wake = () => {};
  const stopListening = tail.listen(() => wake());

  function end(): IteratorReturnResult<undefined> {
    ended = true;
    stopListening();
    wake();
    return { done: true, value: undefined };
  }

  /** The next notice in the page that is at hand. */
  async function look(caller: Caller): Promise<Notice | null> {
    for (let looked = 0; looked < BREATH && index < page.events.length; looked++) {
      const event = page.events[index];
      if (event === undefined) break;
      const notice = await see(event, caller);
      index += 1;
      if (notice !== null) return notice;
    }
    return null;
  }

  /** Up to where everything was looked at. */
  const position = (): Position =>
    index === page.events.length ? page.position : (page.events[index - 1]?.position ?? start);

  async function turnPage(): Promise<void> {
    readAt = tail.generation();
    start = page.position;
    page = await pages.read(range, start);
    index = 0;
  }

  /** Until there may be more to read, a heartbeat is due, the key expires, or the subscriber has left. */
  async function rest(expiresAt: Instant | null): Promise<void> {
    if (tail.generation() !== readAt || overdue || ended) return;
    const awake = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const left = expiresAt === null ? null : Date.parse(expiresAt) - clock().getTime();
    const cancel = left === null ? () => {} : alarm(Math.min(Math.max(left, 0), MOST_MILLISECONDS), wake);
    await awake;
    cancel();
  }

  async function find(): Promise<Sighted<Notice> | null> {
    for (;;) {
      const generation = tail.generation();
      const { caller, expiresAt } = await renew(subscriber);
      if (ended) return null;
      const notice = await look(caller);
      if (ended) return null;
      if (notice !== null) return { notice, caller, generation };
      if (overdue) return { notice: { kind: 'heartbeat', position: position() }, caller, generation };
      if (index === page.events.length) {
        if (page.end) await rest(expiresAt);
        if (ended) return null;
        if (!overdue) await turnPage();
      }
      if (!page.end || index > 0) await nextTurn();
    }
  }

  return {
    async next() {
      if (ended) return end();
      overdue = false;
      const cancel = alarm(heartbeatSeconds * 1_000, () => {
        overdue = true;
        wake();
      });
      try {
        const value = await find();
        return value === null ? end() : { done: false, value };
      } catch (error) {
        end();
        throw error;
      } finally {
        cancel();
      }
    },
    return: async () => end(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
