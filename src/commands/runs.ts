// Runs. Completing one votes for the memories it used and reflects on what went wrong, all in one append.
import { actingAgent, readerOf } from '../access/caller.ts';
import { checkName } from '../domain/checks.ts';
import type { Run } from '../domain/run.ts';
import { type Completing, complete, start } from '../domain/run-decisions.ts';
import { streamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import { begin } from './begin.ts';
import type { Changed } from './change.ts';
import type { CommandContext, RunResult } from './context.ts';
import { checkReferences } from './references.ts';
import { commandIdReused, type Request, requestOf, untilWon, within } from './request.ts';
import { reflectionOf, votesOn } from './run-evidence.ts';
import { runNoun } from './run-stream.ts';
import { afterAppend, areSame, lastRevision, loadStream, ownEvents } from './stream.ts';
import type { CompleteRunInput, StartRunInput } from './work-inputs.ts';

export async function startRun(context: CommandContext, input: StartRunInput): Promise<RunResult> {
  const { agent } = actingAgent(context.caller);
  const { id, commandId, task, namespace } = input;
  const given = { agent, task, namespace: namespace ?? 'default', memories: [...(input.memories ?? [])] };
  const { state, position } = await within('input', () => {
    if (id != null) checkName(id, 'id');
    return begin(context, runNoun, {
      id,
      commandId,
      decide: () => start(given),
      require: (reader, now) => checkReferences(context.log, reader, now, namedIn(given.memories)),
    });
  });
  return { run: state, position };
}

export async function completeRun(context: CommandContext, input: CompleteRunInput): Promise<RunResult> {
  const reader = readerOf(context.caller);
  const { state, position } = await within('input', () => {
    const request = requestOf(context, reader.tenant, input.commandId);
    const completing = completingOf(input);
    const reflects = !input.success && completing.error !== null && input.autoReflect !== false;
    const reflection = reflects ? request.ids.memory(0) : null;
    const attempt = () => completeOnce(context, input.id, completing, reflection, reader, request);
    return context.turns(streamName('run', reader.tenant, input.id), () => untilWon(attempt));
  });
  return { run: state, position };
}

const namedIn = (memories: readonly string[]): Record<string, string> =>
  Object.fromEntries(memories.map((memory, index) => [`memories.${index}`, memory]));

const completingOf = (input: CompleteRunInput): Completing => ({
  success: input.success,
  evaluation: input.evaluation ?? {},
  memories: input.memories ?? null,
  error: input.error ?? null,
  errorPattern: input.errorPattern ?? null,
  voted: input.autoVote !== false,
});

/** undefined: another was faster. */
async function completeOnce(
  context: CommandContext,
  id: string,
  completing: Completing,
  reflection: string | null,
  reader: Reader,
  request: Request,
): Promise<Changed<Run> | undefined> {
  const { log } = context;
  const { ids, now, encodeFor } = request;
  const { stream, events, state } = await loadStream(log, runNoun, reader.tenant, id);
  const own = ownEvents(runNoun, { stream, events, state }, ids);
  if (own !== null) {
    const before = runNoun.readable(reader, own.before, now, 'id');
    if (!areSame(own.events, [complete(before, completing, reflection, reader)])) throw commandIdReused();
    return { state: own.after, position: own.position };
  }

  const run = runNoun.readable(reader, state, now, 'id');
  const completed = complete(run, completing, reflection, reader);
  const completion = { stream, expected: lastRevision(events), events: encodeFor(stream, [completed]) };
  const worker = reader.agent === null ? context.directory.readerOf(reader.tenant, run.agent) : reader;
  await checkReferences(log, worker, now, namedIn(completing.memories ?? []));
  const votes = completed.data.voted ? await votesOn(log, worker, run, completed.data, request) : [];
  const reflections = completed.data.reflections.map((memory) => reflectionOf(memory, run, completed.data, request));
  // The run comes last: its position is the append's, and a retry, which looks at the run alone, answers the same.
  const result = await log.append([...votes, ...reflections, completion]);
  if (!result.ok || result.duplicate) return undefined;
  const { position } = result;
  return { state: afterAppend(runNoun, completion, position, run, completion.expected + 1), position };
}
