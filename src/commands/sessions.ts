// Starting a session. Only an acting agent does, for itself or for another.
import { actingAgent } from '../access/caller.ts';
import { checkName } from '../domain/checks.ts';
import { start } from '../domain/session-decisions.ts';
import { begin } from './begin.ts';
import type { CommandContext, SessionResult } from './context.ts';
import { within } from './request.ts';
import { sessionNoun } from './session-stream.ts';
import type { StartSessionInput } from './work-inputs.ts';

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
