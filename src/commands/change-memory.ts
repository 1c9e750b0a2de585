// The one way in which a memory that is there is changed: load, see whether this is a retry, decide, append.
import { readerOf } from '../access/caller.ts';
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { readable } from '../domain/memory-decisions.ts';
import { type MemoryView, versionOf } from '../domain/memory-view.ts';
import type { Reader } from '../domain/visibility.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { CommandContext } from './context.ts';
import type { Maybe } from './inputs.ts';
import {
  areSame,
  decodeStrictly,
  fold,
  lastPosition,
  loadMemory,
  type MemoryStream,
  ownEvents,
} from './memory-stream.ts';
import { commandIdReused, type Request, requestOf, untilWon } from './request.ts';

export type Change = {
  id: string;
  /** The input that names the memory; `id` unless given. */
  field?: string;
  expectedVersion?: Maybe<number>;
  commandId?: Maybe<string>;
  /** Events of others may come between the load and the append: the order makes no difference. */
  unordered?: boolean;
  /** The answer holds nothing of the memory, so a retry has it although the memory is gone. */
  answersGone?: boolean;
  /** What else must hold and the log must be asked for; a retry does not ask again. */
  require?: (reader: Reader, now: Instant) => Promise<void>;
  decide: (view: MemoryView, reader: Reader, now: Instant) => readonly DomainEvent[];
};

export type Changed = { view: MemoryView; position: Position };

export async function changeMemory(context: CommandContext, change: Change): Promise<Changed> {
  const reader = readerOf(context.caller);
  const request = requestOf(context, reader.tenant, change.commandId);
  const attempt = async () => {
    const loaded = await loadMemory(context.log, reader.tenant, change.id);
    return firstResult(loaded, change, reader, request) ?? append(context, loaded, change, reader, request);
  };
  // Where the order makes no difference, only what one agent does waits for one another.
  const line = [reader.tenant, change.id, ...(change.unordered ? [reader.agent] : [])].join('+');
  return context.turns(line, () => untilWon(attempt));
}

/** What the command answered when it was sent before; null: this is the first time. */
function firstResult(loaded: MemoryStream, change: Change, reader: Reader, { ids, now }: Request): Changed | null {
  const own = ownEvents(loaded, ids);
  if (own === null) return null;
  const then = own.events[0]?.at.recordedAt ?? now;
  const decided = change.decide(readable(reader, own.before, then, change.field), reader, then);
  if (!areSame(own.events, decided)) throw commandIdReused();
  if (!change.answersGone) readable(reader, loaded.view, now, change.field);
  return { view: own.after, position: own.position };
}

/** undefined: another was faster. */
async function append(
  { log }: CommandContext,
  { stream, events, view }: MemoryStream,
  change: Change,
  reader: Reader,
  { now, encodeFor }: Request,
): Promise<Changed | undefined> {
  const state = readable(reader, view, now, change.field);
  needVersion(state, change.expectedVersion);
  const decided = change.decide(state, reader, now);
  await change.require?.(reader, now);
  if (decided.length === 0) return { view: state, position: lastPosition(events) };

  const version = versionOf(state);
  const writes = encodeFor(stream, decided);
  const result = await log.append([{ stream, expected: change.unordered ? 'any' : version, events: writes }]);
  if (!result.ok || result.duplicate) return undefined;
  const { position } = result;
  const between = (result.revisions[0] ?? version) - version - writes.length;
  const appended =
    between === 0
      ? writes.map((event, index) => ({ ...event, stream, revision: version + 1 + index, position }))
      : await log.readStream(stream, { from: version + 1, until: position });
  const after = fold(appended.map(decodeStrictly), state);
  return { view: after ?? state, position };
}

function needVersion(state: MemoryView, expected: Maybe<number>): void {
  const version = versionOf(state);
  if (expected !== null && expected !== undefined && expected !== version)
    throw failure('CONFLICT', `the memory is at version ${version}, not at ${expected}`, {
      field: 'expectedVersion',
      version,
    });
}
