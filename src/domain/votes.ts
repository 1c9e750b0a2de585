// Votes on a memory: one per voter and task, the newest counts. They live in the memory's stream, and fold apart
// from the memory itself so that a vote touches neither its text nor its vectors.
import type { Instant, Recorded } from './event.ts';

export const voteValues = ['HELPFUL', 'HARMFUL'] as const;
export type VoteValue = (typeof voteValues)[number];

export type VoteEvent =
  /** own: the voter is the memory's owner; kept, but it does not count. */
  | {
      type: 'memory.voted';
      data: { voter: string; task: string | null; value: VoteValue; context: string | null; own: boolean };
    }
  | { type: 'memory.vote-retracted'; data: { voter: string; task: string | null } };

export type Vote = {
  voter: string;
  task: string | null;
  value: VoteValue;
  context: string | null;
  own: boolean;
  at: Instant;
};

export type Votes = {
  /** Revision of the last vote event of the stream, -1 before the first. */
  revision: number;
  /** Newest first. */
  votes: Vote[];
};

export const noVotes: Votes = { revision: -1, votes: [] };

export function evolve(state: Votes, event: VoteEvent, at: Recorded): Votes {
  const { voter, task } = event.data;
  const others = state.votes.filter((vote) => vote.voter !== voter || vote.task !== task);
  return {
    revision: at.revision,
    votes: event.type === 'memory.voted' ? [{ ...event.data, at: at.recordedAt }, ...others] : others,
  };
}
