// A memory with its votes: what its whole stream folds to.
import type { Recorded } from './event.ts';
import { evolve as evolveMemory, type Memory, type MemoryEvent } from './memory.ts';
import { evolve as evolveVotes, noVotes, type VoteEvent, type Votes } from './votes.ts';

export type MemoryView = { memory: Memory; votes: Votes };

/** The revision of the stream's last event, votes included: what the API shows and `expectedVersion` is compared with. */
export const versionOf = ({ memory, votes }: MemoryView): number => Math.max(memory.revision, votes.revision);

/** All events of a memory's stream. */
export const isMemoryEvent = (event: { type: string }): event is MemoryEvent | VoteEvent =>
  event.type.startsWith('memory.') || event.type === 'reflection.recorded';

export const isVoteEvent = (event: MemoryEvent | VoteEvent): event is VoteEvent =>
  event.type === 'memory.voted' || event.type === 'memory.vote-retracted';

/** Folds one event of the stream; null is the state before the first. */
export function evolve(state: MemoryView | null, event: MemoryEvent | VoteEvent, at: Recorded): MemoryView | null {
  if (isVoteEvent(event)) return state && { ...state, votes: evolveVotes(state.votes, event, at) };
  const memory = evolveMemory(state?.memory ?? null, event, at);
  return memory && { memory, votes: state?.votes ?? noVotes };
}
