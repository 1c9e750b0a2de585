// memory.voted, memory.vote-retracted → the document `votes`, beside the memory's own: a vote touches neither its text
// nor its vectors.
import { evolve, noVotes, type VoteEvent } from '../src/domain/votes.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import type { Projection } from './projection.ts';

export const votes: Projection = {
  reads: ({ event, at: { tenant, id } }) => (isVote(event) ? [{ kind: 'votes', tenant, id }] : []),

  project({ event, at, position }, documents) {
    if (!isVote(event)) return [];
    const before = documents('votes', at) ?? noVotes;
    if (before.revision >= at.revision) return [];
    return [{ kind: 'votes', tenant: at.tenant, id: at.id, position, document: evolve(before, event, at) }];
  },
};

const isVote = (event: DomainEvent): event is VoteEvent =>
  event.type === 'memory.voted' || event.type === 'memory.vote-retracted';
