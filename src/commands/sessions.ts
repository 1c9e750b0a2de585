// Sessions. An agent starts one, and everyone of the tenant tells what was done. Deltas append whatever else happens to
// the session meanwhile, unless they name the version that they expect.
import { actingAgent } from '../access/caller.ts';
import { checkName } from '../domain/checks.ts';
import type { SessionDelta } from '../domain/session.ts';
import { progress, start } from '../domain/session-decisions.ts';
import { begin } from './begin.ts';
import { change } from './change.ts';
import type { CommandContext, SessionResult } from './context.ts';
import { within } from './request.ts';
import { sessionNoun } from './session-stream.ts';
import type { ProgressSessionInput, StartSessionInput } from './work-inputs.ts';

export async function startSession(context: CommandContext, input: StartSessionInput): Promise<SessionResult> {
  const { agent } = actingAgent(context.caller);
  const { id, commandId, items } = input;
  const given = {
    agent: input.agent ?? agent,
    title: input.title ?? null,
    user: input.user ?? null,
    namespace: input.namespace ?? 'default',
    total: input.total ?? null,
  };
  const { state, position } = await within('input', () => {
    if (id != null) checkName(id, 'id');
    return begin(context, sessionNoun, { id, commandId, decide: () => start(given, items ?? []) });
  });
  return { session: state, position };
}

export async function progressSession(context: CommandContext, input: ProgressSessionInput): Promise<SessionResult> {
  const { id, commandId, expectedVersion } = input;
  const delta = deltaOf(input);
  const { state, position } = await within('input', () =>
    change(context, sessionNoun, {
      id,
      commandId,
      expectedVersion,
      unordered: expectedVersion == null,
      decide: (session) => progress(session, delta),
    }),
  );
  return { session: state, position };
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
