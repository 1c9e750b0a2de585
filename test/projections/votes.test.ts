import { test } from 'vitest';
import { votes } from '../../projections/votes.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import type { VoteEvent, VoteValue } from '../../src/domain/votes.ts';
import { aRecording, aVote, minute } from '../support/fixtures.ts';
import { project } from '../support/projecting.ts';

const recorded: MemoryEvent = { type: 'memory.recorded', data: aRecording() };
const voted = (voter: string, task: string | null, value: VoteValue = 'HELPFUL', own = false): VoteEvent => ({
  type: 'memory.voted',
  data: { voter, task, value, context: null, own },
});

const ofVotes = project(votes);

test('the first vote is a document', () =>
  ofVotes
    .given(recorded)
    .when(voted('bob', 't1'))
    .gives({ votes: [aVote({ task: 't1', at: minute(1) })] }));

test('the newest vote of a voter for a task counts', () =>
  ofVotes
    .given(recorded, voted('bob', 't1'))
    .when(voted('bob', 't1', 'HARMFUL'))
    .gives({ votes: [aVote({ task: 't1', value: 'HARMFUL', at: minute(2) })] }));

test('votes of other voters and for other tasks stay, newest first', () =>
  ofVotes
    .given(recorded, voted('bob', 't1'), voted('cid', 't1'))
    .when(voted('bob', null))
    .gives({
      votes: [
        aVote({ at: minute(3) }),
        aVote({ voter: 'cid', task: 't1', at: minute(2) }),
        aVote({ task: 't1', at: minute(1) }),
      ],
    }));

test("an owner's own vote is kept as such", () =>
  ofVotes
    .given(recorded)
    .when(voted('ann', null, 'HELPFUL', true))
    .gives({ votes: [{ voter: 'ann', own: true }] }));

test('a retracted vote is gone', () =>
  ofVotes
    .given(recorded, voted('bob', 't1'), voted('cid', 't1'))
    .when({ type: 'memory.vote-retracted', data: { voter: 'bob', task: 't1' } })
    .gives({ votes: [{ voter: 'cid' }] }));

test('the memory itself is none of its concern', () => ofVotes.given().when(recorded).givesNothing());

test('votes that the document has already give nothing', () =>
  ofVotes
    .given(recorded, voted('bob', 't1'), voted('cid', null))
    .when(voted('bob', 't1', 'HARMFUL'))
    .givesNothingAgain());
