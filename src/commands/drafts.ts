// What a command wants to record, before it is known what is there already.
import type { Instant } from '../domain/event.ts';
import type { Recording } from '../domain/memory.ts';
import type { EventLog } from '../log/event-log.ts';
import type { MemoryResult } from './context.ts';
import type { Ids } from './ids.ts';
import { areSame, loadMemory, type MemoryStream, ownEvents } from './memory-stream.ts';
import { commandIdReused } from './request.ts';

export type Item = {
  /** Where in the input it comes from, for the fields of failures: `input.3`. */
  path: string;
  dedupe: boolean;
  decide: (now: Instant) => Recording;
};

export type Draft = Item & {
  recording: Recording;
  /** What the command recorded for this item when it was sent before; null: nothing. */
  before: MemoryResult | null;
};

/** The drafts of one attempt. COMMAND_ID_REUSED when the same commandId recorded something else before. */
export async function draftsOf(
  log: EventLog,
  tenant: string,
  ids: Ids,
  items: readonly (Item & { recording: Recording })[],
): Promise<Draft[]> {
  if (!ids.repeatable) return items.map((item) => ({ ...item, before: null }));
  const streams = await Promise.all(items.map((_, index) => loadMemory(log, tenant, ids.memory(index))));
  const drafts = items.map((item, index) => ({ ...item, before: sentBefore(streams[index], item, ids) }));
  if (!drafts.some(({ before }) => before !== null)) return drafts;

  // A retry. What it does not find, dedupe had found elsewhere; and there was no item after the last.
  const next = await loadMemory(log, tenant, ids.memory(items.length));
  const isOther = drafts.some(({ before, dedupe }) => before === null && !dedupe);
  if (isOther || next.view !== null) throw commandIdReused();
  return drafts;
}

function sentBefore(stream: MemoryStream | undefined, { decide }: Item, ids: Ids): MemoryResult | null {
  const own = stream && ownEvents(stream, ids);
  const first = own?.events[0];
  if (!own || !first) return null;
  if (!areSame(own.events, [decide(first.at.recordedAt)])) throw commandIdReused();
  return { memory: own.after, position: own.position, duplicate: false };
}
