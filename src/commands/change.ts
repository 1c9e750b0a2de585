// The one way in which a thing that is there is changed: load, see whether this is a retry, decide, append.
import { readerOf } from '../access/caller.ts';
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { streamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { CommandContext } from './context.ts';
import type { Maybe } from './inputs.ts';
import type { Noun } from './noun.ts';
import { commandIdReused, type Request, requestOf, untilWon } from './request.ts';
import { afterAppend, areSame, lastPosition, lastRevision, loadStream, ownEvents, type Stream } from './stream.ts';

export type Change<State> = {
  id: string;
  /** The input that names the thing; `id` unless given. */
  field?: string;
  expectedVersion?: Maybe<number>;
  commandId?: Maybe<string>;
  /** Events of others may come between the load and the append: the order makes no difference. */
  unordered?: boolean;
  /** The answer holds nothing of the thing, so a retry has it although the thing is gone. */
  answersGone?: boolean;
  /** What else must hold and the log must be asked for; a retry does not ask again. */
  require?: (reader: Reader, now: Instant) => Promise<void>;
  decide: (state: State, reader: Reader, now: Instant) => readonly DomainEvent[];
};

export type Changed<State> = { state: State; position: Position };

export async function change<State, Event extends DomainEvent>(
  context: CommandContext,
  noun: Noun<State, Event>,
  given: Change<State>,
): Promise<Changed<State>> {
  const reader = readerOf(context.caller);
  const request = requestOf(context, reader.tenant, given.commandId);
  const attempt = async () => {
    const loaded = await loadStream(context.log, noun, reader.tenant, given.id);
    return firstResult(noun, loaded, given, reader, request) ?? append(context, noun, loaded, given, reader, request);
  };
  const stream = streamName(noun.category, reader.tenant, given.id);
  return context.turns(lineOf(stream, given.unordered ? reader.agent : undefined), () => untilWon(attempt));
}

/** Where commands on a stream wait for one another; where the order makes no difference, only those of one agent. */
export const lineOf = (stream: string, agent?: string | null): string =>
  agent === undefined ? stream : `${stream}+${agent}`;

/** What the command answered when it was sent before; null: this is the first time. */
function firstResult<State, Event extends DomainEvent>(
  noun: Noun<State, Event>,
  loaded: Stream<State, Event>,
  { field = 'id', ...given }: Change<State>,
  reader: Reader,
  { ids, now }: Request,
): Changed<State> | null {
  const own = ownEvents(noun, loaded, ids);
  if (own === null) return null;
  const then = own.events[0]?.at.recordedAt ?? now;
  const decided = given.decide(noun.readable(reader, own.before, then, field), reader, then);
  if (!areSame(own.events, decided)) throw commandIdReused();
  if (!given.answersGone) noun.readable(reader, loaded.state, now, field);
  return { state: own.after, position: own.position };
}

/** undefined: another was faster. */
async function append<State, Event extends DomainEvent>(
  { log }: CommandContext,
  noun: Noun<State, Event>,
  { stream, events, state: loaded }: Stream<State, Event>,
  { field = 'id', ...given }: Change<State>,
  reader: Reader,
  { now, encodeFor }: Request,
): Promise<Changed<State> | undefined> {
  const state = noun.readable(reader, loaded, now, field);
  const version = lastRevision(events);
  needVersion(noun.title, version, given.expectedVersion);
  const decided = given.decide(state, reader, now);
  await given.require?.(reader, now);
  if (decided.length === 0) return { state, position: lastPosition(events) };

  const writes = encodeFor(stream, decided);
  const result = await log.append([{ stream, expected: given.unordered ? 'any' : version, events: writes }]);
  if (!result.ok || result.duplicate) return undefined;
  const { position } = result;
  const between = (result.revisions[0] ?? version) - version - writes.length;
  const appended = between === 0 ? writes : await log.readStream(stream, { from: version + 1, until: position });
  return { state: afterAppend(noun, { stream, events: appended }, position, state, version + 1), position };
}

export function needVersion(title: string, version: number, expected: Maybe<number>): void {
  if (expected !== null && expected !== undefined && expected !== version)
    throw failure('CONFLICT', `${title} is at version ${version}, not at ${expected}`, {
      field: 'expectedVersion',
      version,
    });
}
