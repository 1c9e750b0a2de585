// What a completed run says of the memories it used, and what it leaves behind: appended together with its completion.
import { isReadable } from '../domain/memory-decisions.ts';
import type { CompletedRun, Run } from '../domain/run.ts';
import { ballotOf, reflectionOn } from '../domain/run-decisions.ts';
import { streamName } from '../domain/streams.ts';
import type { Reader } from '../domain/visibility.ts';
import { vote } from '../domain/vote-decisions.ts';
import type { EventLog, StreamWrite } from '../log/event-log.ts';
import { loadMemory } from './memory-stream.ts';
import type { Request } from './request.ts';

/** The votes of the run's agent. What it can no longer read it does not vote on. */
export async function votesOn(
  log: EventLog,
  worker: Reader,
  run: Run,
  { memories, success }: CompletedRun,
  { now, encodeFor }: Request,
): Promise<StreamWrite[]> {
  const used = await Promise.all(memories.map((id) => loadMemory(log, run.tenant, id)));
  return used.flatMap(({ stream, state }): StreamWrite[] => {
    if (state === null || !isReadable(worker, state.memory, now)) return [];
    const votes = vote(state, run.agent, ballotOf(run, success));
    return votes.length === 0 ? [] : [{ stream, expected: 'any', events: encodeFor(stream, votes) }];
  });
}

export function reflectionOf(id: string, run: Run, completed: CompletedRun, { now, encodeFor }: Request): StreamWrite {
  const stream = streamName('memory', run.tenant, id);
  return { stream, expected: 'none', events: encodeFor(stream, [reflectionOn(run, completed, now)]) };
}
