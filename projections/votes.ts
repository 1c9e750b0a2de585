// memory.voted, memory.vote-retracted → the document `votes`, beside the memory's own: a vote touches neither its text
// nor its vectors.
import { evolve, noVotes, type VoteEvent } from '../src/domain/votes.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import { folding } from './projection.ts';

export const votes = folding('votes', isVote, (state, event, at) => evolve(state ?? noVotes, event, at));

function isVote(event: DomainEvent): event is VoteEvent {
  return event.type === 'memory.voted' || event.type === 'memory.vote-retracted';
}
