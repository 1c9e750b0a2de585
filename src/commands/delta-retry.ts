// What a delta did when it was sent before: its events are found in the streams it is about, and must be what deciding
// again on the states just before them gives.
import { actorOf } from '../access/caller.ts';
import type { Instant } from '../domain/event.ts';
import { readable } from '../domain/memory-decisions.ts';
import type { Reader } from '../domain/visibility.ts';
import type { CommandContext, DeltaResult } from './context.ts';
import { holdersFor } from './dedupe.ts';
import { createBoard, type Load, viewOf } from './delta-board.ts';
import { namedBy, operateAll } from './delta-operations.ts';
import type { Ids } from './ids.ts';
import { type MemoryStream, memoryNoun } from './memory-stream.ts';
import { commandIdReused, type Request } from './request.ts';
import { areSame, byPosition, lastPosition, ownEvents, streamOf } from './stream.ts';
import type { DeltaOperation } from './work-inputs.ts';

/** Events of one millisecond that are looked at for what else a command appended. */
const WINDOW = 1_000;

/** null: this is the first time. */
export async function sentBefore(
  context: CommandContext,
  operations: readonly DeltaOperation[],
  reader: Reader,
  request: Request,
  load: Load,
): Promise<DeltaResult | null> {
  const { ids } = request;
  if (!ids.repeatable) return null;
  const made = operations.map((_, index) => ids.memory(index));
  const own = await ownIn(new Set([...operations.flatMap((one) => namedBy(one)?.id ?? []), ...made]), ids, load);
  const events = [...own.values()].flat().sort(byPosition);
  const [first] = events;
  if (first === undefined) return null;
  const { position: begin, at } = first;
  const end = lastPosition(events);

  const { caller } = context;
  const now = at.recordedAt;
  const loadBefore: Load = async (id) => streamOf(memoryNoun, await load(id), ({ position }) => position < begin);
  const board = createBoard(loadBefore, { tenant: reader.tenant, actor: actorOf(caller), now });
  const findHolder = holdersFor(context, reader.tenant, now);
  const recorded = (id: string) => own.has(id);
  const about = await operateAll({ caller, reader, now, board, made, findHolder, recorded }, operations);

  const decided = new Map(board.sheets().map((sheet) => [sheet.id, sheet.decided]));
  const isSame = [...new Set([...own.keys(), ...decided.keys()])].every((id) =>
    areSame(own.get(id) ?? [], decided.get(id) ?? []),
  );
  if (!isSame || (await countAppended(context, reader.tenant, request, now)) > events.length) throw commandIdReused();

  for (const [index, operation] of operations.entries()) {
    const named = namedBy(operation);
    if (named === null) continue;
    readable(reader, (await load(named.id)).state, request.now, `operations.${index}.${named.field}`);
  }
  const views = about.map(async (sheet) => {
    const { state } = streamOf(memoryNoun, await load(sheet.id), ({ position }) => position <= end);
    return state ?? viewOf(sheet);
  });
  return { memories: await Promise.all(views), position: end };
}

/** The command's own events in each memory that has any. */
async function ownIn(
  memories: ReadonlySet<string>,
  ids: Ids,
  load: Load,
): Promise<Map<string, MemoryStream['events']>> {
  const own = new Map<string, MemoryStream['events']>();
  for (const id of memories) {
    const found = ownEvents(memoryNoun, await load(id), ids);
    if (found !== null) own.set(id, found.events);
  }
  return own;
}

/** How many events of memories the command appended, those of memories that it does not name now included. */
async function countAppended(
  { log, caller }: CommandContext,
  tenant: string,
  { commandId }: Request,
  at: Instant,
): Promise<number> {
  const after = await log.positionAt(new Date(Date.parse(at) - 1).toISOString());
  const { events } = await log.read({ after, tenant, categories: ['memory'], limit: WINDOW });
  const actor = actorOf(caller);
  return events.filter(({ metadata, recordedAt }) => {
    return recordedAt === at && metadata.commandId === commandId && metadata.actor === actor;
  }).length;
}
