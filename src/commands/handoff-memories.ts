// The memories that go with an offer, as they are where it is pinned: those that the sender names, which it must be able
// to read, and those that fit the task, which the recipient must be able to read, too.
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { isAlive, type Memory } from '../domain/memory.ts';
import { readable } from '../domain/memory-decisions.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import type { EventLog } from '../log/event-log.ts';
import type { CommandContext } from './context.ts';
import { loadMemory, memoryNoun } from './memory-stream.ts';
import { fold } from './stream.ts';

export type Offering = { sender: Reader; recipient: Reader; pinnedAt: Position; now: Instant };

/** Those that are named, each once. NOT_FOUND names the first that the sender cannot read. */
export async function namedMemories(
  { log }: Pick<CommandContext, 'log'>,
  { sender, pinnedAt, now }: Offering,
  ids: readonly string[],
): Promise<Memory[]> {
  const found = new Map<string, Memory>();
  for (const [index, id] of ids.entries()) {
    if (found.has(id)) continue;
    const view = await pinned(log, sender.tenant, id, pinnedAt);
    found.set(id, readable(sender, view, now, `memories.${index}`).memory);
  }
  return [...found.values()];
}

/** At most `most` ids, best first, without those that are named. The views are asked, and the log has the last word. */
export async function recalledMemories(
  { log, caller, caughtUp, recall }: CommandContext,
  { sender, recipient, pinnedAt, now }: Offering,
  { task, most, named }: { task: string; most: number; named: readonly string[] },
): Promise<string[]> {
  if (most === 0) return [];
  if (recall === undefined) throw failure('UNAVAILABLE', 'nothing can be recalled here', { field: 'recall' });
  await caughtUp(pinnedAt);
  const recalled: string[] = [];
  for (const { memory } of await recall(caller, task, pinnedAt)) {
    if (recalled.length === most) break;
    if (named.includes(memory.id) || !canRead(recipient, memory)) continue;
    const view = await pinned(log, sender.tenant, memory.id, pinnedAt);
    if (view !== null && isOffered(view.memory, [sender, recipient], now)) recalled.push(memory.id);
  }
  return recalled;
}

const isOffered = (memory: Memory, readers: readonly Reader[], now: Instant): boolean =>
  isAlive(memory, now) && memory.deprecation === null && readers.every((reader) => canRead(reader, memory));

async function pinned(log: EventLog, tenant: string, id: string, pinnedAt: Position) {
  const { events } = await loadMemory(log, tenant, id);
  return fold(
    memoryNoun,
    events.filter(({ position }) => position <= pinnedAt),
  );
}
