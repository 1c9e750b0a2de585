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

/** What a state's list is still to be made of. */
type Step = { before: Votes; event: VoteEvent; at: Recorded; depth: number };

/** The list is made when it is first asked for: a thousand votes in a row make one list, not a thousand. */
const steps = new WeakMap<Votes, Step>();

/** More steps are not kept: then the list is made unasked. */
const MOST_STEPS = 1_000;

export function evolve(before: Votes, event: VoteEvent, at: Recorded): Votes {
  let votes: Vote[] | null = null;
  const after: Votes = {
    revision: at.revision,
    get votes() {
      votes ??= listOf(after);
      return votes;
    },
  };
  const depth = (steps.get(before)?.depth ?? 0) + 1;
  steps.set(after, { before, event, at, depth });
  return depth < MOST_STEPS ? after : { revision: at.revision, votes: after.votes };
}

/** One pass over all steps since a list was last there. */
function listOf(state: Votes): Vote[] {
  const since: Step[] = [];
  let known = state;
  for (let step = steps.get(known); step !== undefined; step = steps.get(known)) {
    since.push(step);
    known = step.before;
  }
  steps.delete(state);
  // Oldest first, as a map keeps the order in which its entries came.
  const votes = new Map(known.votes.toReversed().map((vote) => [ballotOf(vote), vote]));
  for (const { event, at } of since.reverse()) {
    const ballot = ballotOf(event.data);
    votes.delete(ballot);
    if (event.type === 'memory.voted') votes.set(ballot, { ...event.data, at: at.recordedAt });
  }
  return Array.from(votes.values()).reverse();
}

const ballotOf = ({ voter, task }: Pick<Vote, 'voter' | 'task'>): string => JSON.stringify([voter, task]);
