// Deltas: up to a hundred operations over many memories in one append. They are decided one after the other, each on what
// those before it left, and all happen or none does.
import { actorOf, readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import type { EventLog, StreamWrite } from '../log/event-log.ts';
import { lineOf } from './change.ts';
import type { CommandContext, DeltaResult } from './context.ts';
import { holdersFor } from './dedupe.ts';
import { type Board, createBoard, type Load, versionOf, viewOf } from './delta-board.ts';
import { namedBy, operateAll } from './delta-operations.ts';
import { sentBefore } from './delta-retry.ts';
import { loadMemory, memoryNoun } from './memory-stream.ts';
import { type Request, requestOf, untilWon, within } from './request.ts';
import { byPosition, lastPosition, lastRevision, readState } from './stream.ts';
import type { ApplyDeltaInput, DeltaOperation } from './work-inputs.ts';

export function applyDelta(context: CommandContext, input: ApplyDeltaInput): Promise<DeltaResult> {
  return within('input', () => {
    const { operations, commandId } = input;
    checkOperations(operations);
    const reader = readerOf(context.caller);
    const request = requestOf(context, reader.tenant, commandId);
    const attempt = async () => {
      const load = loadingOnce(context.log, reader.tenant);
      const first = await sentBefore(context, operations, reader, request, load);
      return first ?? applyOnce(context, operations, reader, request, load);
    };
    return inTurn(context, reader, operations, () => untilWon(attempt));
  });
}

function checkOperations(operations: readonly DeltaOperation[]): void {
  const field = 'operations';
  const limit = limits.operations;
  if (operations.length === 0) throw failure('INVALID_INPUT', 'operations names none', { field });
  if (operations.length > limit)
    throw failure('INVALID_INPUT', `a delta has at most ${limit} operations`, { field, limit });
}

function loadingOnce(log: EventLog, tenant: string): Load {
  const loading = new Map<string, ReturnType<Load>>();
  return (id) => {
    const there = loading.get(id) ?? loadMemory(log, tenant, id);
    loading.set(id, there);
    return there;
  };
}

/** Waits in the lines of all memories that it changes. Everyone takes them in one order, so nobody waits for ever. */
function inTurn<Result>(
  { turns }: CommandContext,
  { tenant, agent }: Reader,
  operations: readonly DeltaOperation[],
  work: () => Promise<Result>,
): Promise<Result> {
  const lines = operations.flatMap((operation) => {
    const named = namedBy(operation);
    return named === null ? [] : lineOf(streamName('memory', tenant, named.id), operation.vote ? agent : undefined);
  });
  return [...new Set(lines)]
    .sort()
    .reduceRight<() => Promise<Result>>((inner, line) => () => turns(line, inner), work)();
}

/** undefined: another was faster. */
async function applyOnce(
  context: CommandContext,
  operations: readonly DeltaOperation[],
  reader: Reader,
  request: Request,
  load: Load,
): Promise<DeltaResult | undefined> {
  const { caller } = context;
  const { ids, now } = request;
  const board = createBoard(load, { tenant: reader.tenant, actor: actorOf(caller), now });
  const made = operations.map((_, index) => ids.memory(index));
  const findHolder = holdersFor(context, reader.tenant, now);
  const about = await operateAll({ caller, reader, now, board, made, findHolder, recorded: null }, operations);
  // What holds a text is what this very command records, and did not find a moment before.
  if (ids.repeatable && about.some(({ id, decided }) => decided.length === 0 && made.includes(id))) return undefined;

  const appended = await append(context.log, board, request);
  if (appended === undefined) return undefined;
  const { position = lastPosition(about.flatMap(({ loaded }) => loaded.events).sort(byPosition)), views } = appended;
  return { memories: about.map((sheet) => views.get(sheet.id) ?? viewOf(sheet)), position };
}

type Appended = { position?: Position; views: Map<string, MemoryView> };

/** Without a position: there was nothing to append. undefined: another was faster. */
async function append(log: EventLog, board: Board, { encodeFor }: Request): Promise<Appended | undefined> {
  const written = board.sheets().filter(({ decided }) => decided.length > 0);
  const views = new Map<string, MemoryView>();
  if (written.length === 0) return { views };
  const claims = board.claims.map(({ stream, expected, memory }): StreamWrite => {
    return { stream, expected, events: encodeFor(stream, [{ type: 'text.claimed', data: { memory } }]) };
  });
  const writes = written.map(({ loaded: { stream, events }, decided, ordered }): StreamWrite => {
    const expected = events.length === 0 ? 'none' : lastRevision(events);
    return { stream, expected: ordered ? expected : 'any', events: encodeFor(stream, decided) };
  });
  // The memories come last: their position is the append's, and a retry, which looks at them alone, answers the same.
  const result = await log.append([...claims, ...writes]);
  if (!result.ok || result.duplicate) return undefined;
  const { position, revisions } = result;
  for (const [index, sheet] of written.entries()) {
    const isNext = revisions[claims.length + index] === versionOf(sheet);
    views.set(sheet.id, isNext ? viewOf(sheet) : await readState(log, memoryNoun, sheet.loaded.stream, position));
  }
  return { position, views };
}
