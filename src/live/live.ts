// Everything a caller may subscribe to. Each subscription is bound to who asks; none can be made without.
import { type Caller, readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { HandoffStatus } from '../domain/handoff.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import type { EventLog } from '../log/event-log.ts';
import { eventRange } from '../queries/events.ts';
import { handoffFold } from '../queries/handoffs.ts';
import { memoryFold } from '../queries/recorded-memories.ts';
import { sessionFold } from '../queries/sessions.ts';
import { setAlarm } from './alarm.ts';
import { type Alarm, type Cursor, follow, type Renew, type See } from './cursor.ts';
import { seeEvents } from './events.ts';
import { seeHandoffs } from './handoffs.ts';
import { isReadable, type MemorySelection, seeMemories } from './memories.ts';
import { createPages, type Range } from './pages.ts';
import { seeSession } from './session.ts';
import { createStates } from './states.ts';
import { openTail } from './tail.ts';

export type LiveParts = {
  log: EventLog;
  renew: Renew;
  clock: () => Date;
  /** After how long without a notice a heartbeat is sent. */
  heartbeatSeconds: number;
  alarm?: Alarm;
};

export type LiveFeed = ReturnType<typeof openLive>;
export type Live = ReturnType<LiveFeed['of']>;

export function openLive({ log, renew, clock, heartbeatSeconds, alarm = setAlarm }: LiveParts) {
  const tail = openTail(log);
  const parts = { tail, pages: createPages(log, tail), renew, clock, heartbeatSeconds, alarm };
  const memories = createStates(log, tail, memoryFold);
  const sessions = createStates(log, tail, sessionFold);
  const handoffs = createStates(log, tail, handoffFold);

  /** From the log's head unless a position is given. */
  async function subscribe<Notice>(
    caller: Caller,
    range: Range,
    given: Position | null,
    see: See<Notice>,
  ): Promise<Cursor<Notice>> {
    const after = given === null ? await log.head() : await log.parsePosition(given, 'after');
    return follow(parts, { range, after, caller, see });
  }

  return {
    of: (caller: Caller) => {
      const within = (category: 'memory' | 'session' | 'handoff'): Range => ({
        tenant: readerOf(caller).tenant,
        categories: [category],
      });
      return {
        memories: async (after: Position | null, selection: MemorySelection) =>
          subscribe(caller, within('memory'), after, seeMemories(memories, clock, selection)),
        events: async (after: Position | null, types: readonly string[] | null) =>
          subscribe(caller, eventRange(caller), after, seeEvents(memories, clock, types)),
        session: async (after: Position | null, id: string) =>
          subscribe(caller, within('session'), after, seeSession(sessions, id)),
        handoffs: async (after: Position | null, statuses: readonly HandoffStatus[] | null) =>
          subscribe(caller, within('handoff'), after, seeHandoffs(handoffs, statuses)),
      };
    },
    /** Memories by id as they stand in the log, which is never behind: what notices lead on to. */
    async memoriesById(caller: Caller, ids: readonly string[]): Promise<(MemoryView | null)[]> {
      const reader = readerOf(caller);
      const views = await Promise.all(ids.map((id) => memories.now(streamName('memory', reader.tenant, id))));
      const now = clock().toISOString();
      return views.map((view) => (isReadable(reader, view, now) ? view : null));
    },
    close: () => tail.close(),
  };
}
