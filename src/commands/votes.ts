// Votes: whoever may read a memory may vote on it. They append whatever else happens to the memory meanwhile.
import { actingAgent } from '../access/caller.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { vote as castVote, retract } from '../domain/vote-decisions.ts';
import { type Change, change } from './change.ts';
import type { CommandContext, MemoryResult } from './context.ts';
import { ballotOf } from './defaults.ts';
import type { RetractVoteInput, VoteInput } from './inputs.ts';
import { memoryNoun } from './memory-stream.ts';
import { within } from './request.ts';

export async function vote(context: CommandContext, input: VoteInput): Promise<MemoryResult> {
  const { agent } = actingAgent(context.caller);
  const ballot = ballotOf(input);
  return changeVotes(context, input, (view) => castVote(view, agent, ballot));
}

export async function retractVote(context: CommandContext, input: RetractVoteInput): Promise<MemoryResult> {
  const { agent } = actingAgent(context.caller);
  return changeVotes(context, input, (view) => retract(view, agent, input.task ?? null));
}

async function changeVotes(
  context: CommandContext,
  { memory: id, commandId }: Pick<VoteInput, 'memory' | 'commandId'>,
  decide: Change<MemoryView>['decide'],
): Promise<MemoryResult> {
  const given = { id, field: 'memory', commandId, unordered: true, decide };
  const { state, position } = await within('input', () => change(context, memoryNoun, given));
  return { memory: state, position, duplicate: false };
}
