// Voting: whoever may read a memory may vote on it, once for each task.
import { checkOptionalText } from './checks.ts';
import { limits } from './limits.ts';
import type { MemoryView } from './memory-view.ts';
import type { VoteEvent, Votes, VoteValue } from './votes.ts';

export type Ballot = { task: string | null; value: VoteValue; context: string | null };

/** The same vote again makes no event. */
export function vote({ memory, votes }: MemoryView, voter: string, { task, value, context }: Ballot): VoteEvent[] {
  checkOptionalText(task, 'task', limits.voteTask);
  checkOptionalText(context, 'context', limits.voteContext);
  const before = castBy(votes, voter, task);
  if (before?.value === value && before.context === context) return [];
  return [{ type: 'memory.voted', data: { voter, task, value, context, own: voter === memory.agent } }];
}

/** A vote that is not there is retracted already. */
export function retract({ votes }: MemoryView, voter: string, task: string | null): VoteEvent[] {
  checkOptionalText(task, 'task', limits.voteTask);
  return castBy(votes, voter, task) === undefined ? [] : [{ type: 'memory.vote-retracted', data: { voter, task } }];
}

const castBy = ({ votes }: Votes, voter: string, task: string | null) =>
  votes.find((vote) => vote.voter === voter && vote.task === task);
