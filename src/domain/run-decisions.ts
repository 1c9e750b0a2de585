// Starting a run, and what completing it says of the memories it used.
import { checkCount, checkMetadata, checkName, checkOptionalText, checkText } from './checks.ts';
import { failure } from './failure.ts';
import { limits } from './limits.ts';
import type { Recording } from './memory.ts';
import { reflect } from './recording.ts';
import type { CompletedRun, Run, RunCompletion, RunEvent, StartedRun } from './run.ts';
import type { Reader } from './visibility.ts';
import type { Ballot } from './vote-decisions.ts';

export function start(given: StartedRun): RunEvent {
  checkText(given.task, 'task', limits.task);
  checkName(given.namespace, 'namespace');
  checkCount(given.memories, 'memories', limits.memories);
  return { type: 'run.started', data: { ...given, memories: [...new Set(given.memories)] } };
}

export type Completing = Omit<CompletedRun, 'memories' | 'reflections'> & {
  /** null: those that it was started with. */
  memories: readonly string[] | null;
};

/** `reflection` is the id of the one that is recorded with it, if any. */
export function complete(run: Run, given: Completing, reflection: string | null, reader: Reader): RunCompletion {
  if (reader.agent !== null && reader.agent !== run.agent)
    throw failure('FORBIDDEN', "only its agent, or the tenant's operator, completes a run", { field: 'id' });
  checkMetadata(given.evaluation, 'evaluation');
  checkCount(given.memories ?? [], 'memories', limits.memories);
  checkOptionalText(given.error, 'error', limits.error);
  checkOptionalText(given.errorPattern, 'errorPattern', limits.errorPattern);
  if (run.status !== 'RUNNING')
    throw failure('CONFLICT', `the run is ${run.status} already`, { field: 'id', version: run.revision });
  const memories = given.memories === null ? run.memories : [...new Set(given.memories)];
  return {
    type: 'run.completed',
    data: { ...given, memories, reflections: reflection === null ? [] : [reflection] },
  };
}

/** One vote a run: the task of the vote is the run's id. */
export const ballotOf = (run: Run, success: boolean): Ballot => ({
  task: run.id,
  value: success ? 'HELPFUL' : 'HARMFUL',
  context: cut(run.task, limits.voteContext),
});

/** What a run that failed teaches. It is the run's agent's, and for all, as reflections are unless told otherwise. */
export function reflectionOn(run: Run, { error, errorPattern, memories }: CompletedRun, now: string): Recording {
  return reflect(
    {
      content: `The run "${run.task}" failed: ${error}`,
      type: 'REFLECTION',
      namespace: run.namespace,
      scope: 'GLOBAL',
      sharedWith: { agents: [], teams: [] },
      user: null,
      metadata: { run: run.id },
      sources: memories
        .slice(0, limits.sources)
        .map((memory) => ({ memory, message: null, session: null, quote: null })),
      lesson: {
        errorPattern: errorPattern ?? (error && cut(error, limits.errorPattern)),
        correctApproach: null,
        applicableContexts: [],
        trajectory: null,
      },
    },
    run.agent,
    now,
  );
}

/** The beginning of a text, with no half of a surrogate pair at its end. */
const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();
