// Progress on a session: everyone of the tenant tells what was done. A delta is appended whatever else happens to the
// session meanwhile, unless it names the version that it expects.
import { readerOf } from '../access/caller.ts';
import { isName } from '../domain/checks.ts';
import { failure } from '../domain/failure.ts';
import type { Session, SessionDelta, SessionEvent } from '../domain/session.ts';
import { checkTaken, progress } from '../domain/session-decisions.ts';
import { streamName } from '../domain/streams.ts';
import type { EventLog } from '../log/event-log.ts';
import { type Changed, needVersion } from './change.ts';
import type { CommandContext, SessionResult } from './context.ts';
import type { Ids } from './ids.ts';
import { commandIdReused, type Request, requestOf, untilWon, within } from './request.ts';
import { sessionNoun } from './session-stream.ts';
import { areSame, loadStream, ownEvents, readState } from './stream.ts';
import type { ProgressSessionInput } from './work-inputs.ts';

/** Deltas wait for nobody: 64 at once are 64 appends, and no more. */
export async function progressSession(context: CommandContext, input: ProgressSessionInput): Promise<SessionResult> {
  const { tenant } = readerOf(context.caller);
  const { state, position } = await within('input', () => {
    const request = requestOf(context, tenant, input.commandId);
    return untilWon(() => progressOnce(context, tenant, input, request));
  });
  return { session: state, position };
}

/** undefined: another was faster. */
async function progressOnce(
  { log, sessions }: CommandContext,
  tenant: string,
  input: ProgressSessionInput,
  { ids, encodeFor }: Request,
): Promise<Changed<Session> | undefined> {
  const { id, expectedVersion } = input;
  const stream = streamName('session', tenant, id);
  const delta = deltaOf(input);
  const progressed = progress(delta);
  const sentBefore = () => firstResult(log, tenant, id, progressed, ids);

  const before = isName(id) ? await sessions.latest(stream) : null;
  if (before === null) throw failure('NOT_FOUND', 'there is no such session', { field: 'id' });
  try {
    needVersion(sessionNoun.title, before.revision, expectedVersion);
    checkTaken(before.state, delta);
  } catch (error) {
    // It may not be taken because it is there already.
    const first = await sentBefore();
    if (first === null) throw error;
    return first;
  }
  if (progressed === null) return (await sentBefore()) ?? before;

  const events = encodeFor(stream, [progressed]);
  const result = await log.append([{ stream, expected: expectedVersion ?? 'any', events }]);
  if (!result.ok) return undefined;
  if (result.duplicate) return (await sentBefore()) ?? undefined;
  const { position, revisions } = result;
  const [appended] = events.map((event) => ({ ...event, stream, position, revision: revisions[0] ?? 0 }));
  const after = appended && (await sessions.after(appended));
  return after ?? { state: await readState(log, sessionNoun, stream, position), position };
}

const deltaOf = (input: ProgressSessionInput): SessionDelta => ({
  next: [...(input.next ?? [])],
  inProgress: [...(input.inProgress ?? [])],
  blocked: (input.blocked ?? []).map(({ name, reason }) => ({ name, reason })),
  completed: [...(input.completed ?? [])],
  removed: [...(input.removed ?? [])],
  ...(input.summary == null ? {} : { summary: input.summary }),
  ...(input.lastAction == null ? {} : { lastAction: input.lastAction }),
  ...(input.status == null ? {} : { status: input.status }),
  ...(input.total == null ? {} : { total: input.total }),
});

/** What the same delta answered when it was sent before. What the session was like then does not matter to it. */
async function firstResult(
  log: EventLog,
  tenant: string,
  id: string,
  progressed: SessionEvent | null,
  ids: Ids,
): Promise<Changed<Session> | null> {
  if (!ids.repeatable) return null;
  const own = ownEvents(sessionNoun, await loadStream(log, sessionNoun, tenant, id), ids);
  if (own === null) return null;
  if (!areSame(own.events, progressed === null ? [] : [progressed])) throw commandIdReused();
  return { state: own.after, position: own.position };
}
