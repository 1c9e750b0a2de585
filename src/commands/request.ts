// What every command makes of its caller, clock and commandId.
import { actorOf } from '../access/caller.ts';
import { checkOptionalText } from '../domain/checks.ts';
import type { Instant, NewEvent } from '../domain/event.ts';
import { Failure, failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { encode } from '../events/codec.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { CommandContext } from './context.ts';
import { type Ids, idsOf } from './ids.ts';
import type { Maybe } from './inputs.ts';

export type Request = {
  commandId: string | null;
  now: Instant;
  ids: Ids;
  /** The events as they are appended to a stream. */
  encodeFor(stream: string, events: readonly DomainEvent[]): NewEvent[];
};

/** `tenant` is where the events go: the caller's own, but for an administrator's commands. */
export function requestOf(
  context: CommandContext,
  tenant: string,
  givenId?: Maybe<string>,
  now: Instant = context.clock().toISOString(),
): Request {
  const commandId = givenId ?? null;
  checkOptionalText(commandId, 'commandId', limits.commandId);
  const actor = actorOf(context.caller);
  const ids = idsOf(tenant, actor, commandId);
  const { correlationId } = context.caller;
  const metadata = { correlationId, actor, tenant, ...(commandId === null ? {} : { commandId }) };
  return {
    commandId,
    now,
    ids,
    encodeFor: (stream, events) =>
      events.map((event, index) => encode(event, { id: ids.event(stream, index), recordedAt: now, metadata })),
  };
}

/** Times that a command is decided again after losing a race, before it gives up with a CONFLICT. */
const MOST_ATTEMPTS = 20;

/** Tries until an attempt has a result; undefined is a lost race. */
export async function untilWon<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let tries = 0; tries < MOST_ATTEMPTS; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw failure('CONFLICT', 'too many others are changing the same; try again', { limit: MOST_ATTEMPTS });
}

export const commandIdReused = (field = 'commandId') =>
  failure('COMMAND_ID_REUSED', 'this commandId was used for something else', { field });

/** A field of an input as the whole input has it. */
export const fieldIn = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`);

/** Names a failure's field as the whole input has it: `content` in `input.3` is `input.3.content`. */
export async function within<Result>(path: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.details.field === undefined) throw error;
    const details = { ...error.details, field: fieldIn(path, error.details.field) };
    throw failure(error.code, error.message, details, { cause: error });
  }
}
