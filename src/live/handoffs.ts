// Handoffs that concern the subscriber: what it sent, what is offered to it or to a team that it is in now, and what it
// accepted.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { canSee, type Handoff, type HandoffStatus, shownTo } from '../domain/handoff.ts';
import type { See } from './cursor.ts';
import type { States } from './states.ts';

export type HandoffChanged = { kind: 'handoff'; position: Position; event: string; handoff: Handoff };

/** `statuses`: those that a handoff may have after the event; null for all. */
export function seeHandoffs(states: States<Handoff>, statuses: readonly HandoffStatus[] | null): See<HandoffChanged> {
  return async (decoded, caller) => {
    const { event, at, position, stream } = decoded;
    const { after } = await states.around(decoded);
    if (after === null || !(statuses?.includes(after.status) ?? true)) return null;
    const reader = readerOf(caller);
    const present = await states.now(stream);
    if (!canSee(reader, after) || present === null || !canSee(reader, present)) return null;
    return { kind: 'handoff', position, event: event.type, handoff: shownTo(reader, after, at.recordedAt) };
  };
}
