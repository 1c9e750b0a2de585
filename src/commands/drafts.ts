// What a command wants to record, before it is known what is there already.
import type { Instant } from '../domain/event.ts';
import type { Recording } from '../domain/memory.ts';
import type { EventLog } from '../log/event-log.ts';
import type { CommandContext, MemoryResult } from './context.ts';
import { loadMemory, memoryNoun } from './memory-stream.ts';
import { commandIdReused, fieldIn, type Request, requestOf, within } from './request.ts';
import { areSame, ownEvents } from './stream.ts';

export type Item = {
  /** Where in the input it comes from, for the fields of failures: `input.3`. */
  path: string;
  dedupe: boolean;
  /** Its own, within a batch. */
  commandId: string | null;
  decide: (now: Instant) => Recording;
};

/** An item whose id is settled: by its own commandId, or by its place in the batch that has one. */
export type Prepared = Item & {
  recording: Recording;
  request: Request;
  /** Of the memory, among those of its commandId. */
  slot: number;
};

export type Draft = Prepared & {
  /** What the command recorded for this item when it was sent before; null: nothing. */
  before: MemoryResult | null;
};

/** COMMAND_ID_REUSED when two of a batch have the same commandId: they cannot be the same command. */
export function prepare(
  context: CommandContext,
  tenant: string,
  items: readonly Item[],
  batch: Request,
): Promise<Prepared[]> {
  const seen = new Set<string>();
  return Promise.all(
    items.map((item, index) =>
      within(item.path, () => {
        const recording = item.decide(batch.now);
        if (item.commandId === null) return { ...item, recording, request: batch, slot: index };
        if (item.commandId === batch.commandId || seen.has(item.commandId)) throw commandIdReused();
        seen.add(item.commandId);
        return { ...item, recording, request: requestOf(context, tenant, item.commandId, batch.now), slot: 0 };
      }),
    ),
  );
}

export const memoryIdOf = ({ request, slot }: Prepared): string => request.ids.memory(slot);

/** The drafts of one attempt. COMMAND_ID_REUSED when a commandId recorded something else before. */
export async function draftsOf(
  log: EventLog,
  tenant: string,
  prepared: readonly Prepared[],
  batch: Request,
): Promise<Draft[]> {
  const drafts = await Promise.all(
    prepared.map(async (item) => ({ ...item, before: await sentBefore(log, tenant, item) })),
  );
  const ofBatch = drafts.filter(({ commandId }) => commandId === null);
  if (!ofBatch.some(({ before }) => before !== null)) return drafts;

  // The batch was sent before. What is not found, dedupe had found elsewhere; and there was no item after the last.
  const isOther = ofBatch.some(({ before, dedupe }) => before === null && !dedupe);
  const next = await loadMemory(log, tenant, batch.ids.memory(prepared.length));
  if (isOther || next.state !== null) throw commandIdReused();
  return drafts;
}

async function sentBefore(log: EventLog, tenant: string, item: Prepared): Promise<MemoryResult | null> {
  const { ids } = item.request;
  if (!ids.repeatable) return null;
  const own = ownEvents(memoryNoun, await loadMemory(log, tenant, memoryIdOf(item)), ids);
  const first = own?.events[0];
  if (!own || !first) return null;
  if (!areSame(own.events, [item.decide(first.at.recordedAt)]))
    throw commandIdReused(fieldIn(item.commandId === null ? '' : item.path, 'commandId'));
  return { memory: own.after, position: own.position, duplicate: false };
}
