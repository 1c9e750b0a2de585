import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectivenessOf, wilsonLowerBound } from '../../src/domain/effectiveness.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { type Ballot, retract, vote } from '../../src/domain/vote-decisions.ts';
import { evolve, noVotes, type VoteEvent, type Votes } from '../../src/domain/votes.ts';
import { aRecording, aVote, minute, someVotes } from '../support/fixtures.ts';
import { given } from '../support/given.ts';

const recorded = { type: 'memory.recorded', data: aRecording() } as const;

const voted = (voter: string, given: Partial<Ballot> = {}): VoteEvent => ({
  type: 'memory.voted',
  data: { voter, task: null, value: 'HELPFUL', context: null, ...given, own: voter === 'ann' },
});
const retracted = (voter: string, task: string | null = null): VoteEvent => ({
  type: 'memory.vote-retracted',
  data: { voter, task },
});

const of = (state: MemoryView | null): MemoryView => {
  if (state === null) throw new Error('nothing was recorded');
  return state;
};
const voting =
  (voter: string, ballot: Partial<Ballot> = {}) =>
  (state: MemoryView | null) =>
    vote(of(state), voter, { task: null, value: 'HELPFUL', context: null, ...ballot });
const retracting =
  (voter: string, task: string | null = null) =>
  (state: MemoryView | null) =>
    retract(of(state), voter, task);

describe('voting', () => {
  test('anyone has one vote for each task', () => {
    given(recorded)
      .when(voting('bob', { task: 'etl' }))
      .then(voted('bob', { task: 'etl' }));
    given(recorded, voted('bob'))
      .when(voting('bob', { task: 'etl' }))
      .then(voted('bob', { task: 'etl' }));
  });

  test('the same vote again makes no event', () => given(recorded, voted('bob')).when(voting('bob')).thenNothing());

  test('another mind, or another remark, is another vote', () => {
    given(recorded, voted('bob'))
      .when(voting('bob', { value: 'HARMFUL' }))
      .then(voted('bob', { value: 'HARMFUL' }));
    given(recorded, voted('bob'))
      .when(voting('bob', { context: 'saved me' }))
      .then(voted('bob', { context: 'saved me' }));
  });

  test("an owner's vote is marked as its own", () => given(recorded).when(voting('ann')).then(voted('ann')));

  test('an empty task is refused', () =>
    given(recorded)
      .when(voting('bob', { task: '' }))
      .thenFails('INVALID_INPUT', { field: 'task' }));
});

describe('retracting', () => {
  test('takes back the vote of that task', () => {
    given(recorded, voted('bob')).when(retracting('bob')).then(retracted('bob'));
    expect(given(recorded, voted('bob'), voted('bob', { task: 'etl' }), retracted('bob')).state?.votes.votes).toEqual([
      aVote({ task: 'etl', at: minute(2) }),
    ]);
  });

  test('what is not there is retracted already', () => {
    given(recorded).when(retracting('bob')).thenNothing();
    given(recorded, voted('bob')).when(retracting('cleo')).thenNothing();
    given(recorded, voted('bob')).when(retracting('bob', 'etl')).thenNothing();
    given(recorded, voted('bob'), retracted('bob')).when(retracting('bob')).thenNothing();
  });
});

test('the newest vote of a voter counts, and stands first', () => {
  const { state } = given(recorded, voted('bob'), voted('cleo'), voted('bob', { value: 'HARMFUL' }));
  expect(state?.votes.votes.map(({ voter, value }) => [voter, value])).toEqual([
    ['bob', 'HARMFUL'],
    ['cleo', 'HELPFUL'],
  ]);
});

describe('folding', () => {
  const at = (revision: number) => ({
    tenant: 'acme',
    id: 'm1',
    revision,
    recordedAt: minute(revision % 60),
    actor: 'bob',
  });

  const event = fc
    .record({
      voter: fc.constantFrom('bob', 'cleo', 'dan'),
      task: fc.constantFrom(null, 'a', 'b'),
      value: fc.constantFrom('HELPFUL' as const, 'HARMFUL' as const, null),
    })
    .map(({ voter, task, value }) => (value === null ? retracted(voter, task) : voted(voter, { task, value })));

  /** As the words say it: each event makes the list anew. */
  function plainly({ votes }: Votes, { type, data }: VoteEvent, revision: number): Votes {
    const others = votes.filter(({ voter, task }) => voter !== data.voter || task !== data.task);
    const { recordedAt } = at(revision);
    return { revision, votes: type === 'memory.voted' ? [{ ...data, at: recordedAt }, ...others] : others };
  }

  test('gives the same whenever the list is looked at, and leaves former states as they were', () => {
    const events = fc.array(fc.tuple(event, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(events, (all) => {
        const states: [Votes, Votes][] = [[noVotes, noVotes]];
        for (const [revision, [one, isLookedAt]] of all.entries()) {
          const [lazy, plain] = states.at(-1) ?? [noVotes, noVotes];
          const next = evolve(lazy, one, at(revision));
          const expected = plainly(plain, one, revision);
          if (isLookedAt) expect(next).toEqual(expected);
          states.push([next, expected]);
        }
        for (const [lazy, plain] of states) expect(JSON.parse(JSON.stringify(lazy))).toEqual(plain);
      }),
    );
  });

  test('tens of thousands of votes is one pass', () => {
    let state = noVotes;
    for (let n = 0; n < 20_000; n++) state = evolve(state, voted(`voter${n}`), at(n));
    expect(state.votes).toHaveLength(20_000);
    expect(state.votes[0]).toMatchObject({ voter: 'voter19999' });
  });
});

describe('effectiveness', () => {
  test.each([
    [0, 0, 0],
    [1, 0, 1 / 2],
    [0, 1, -1 / 2],
    [3, 1, 2 / 5],
    [30, 0, 30 / 31],
  ])('of %i helpful and %i harmful votes', (helpful, harmful, score) => {
    expect(effectivenessOf(someVotes(helpful, harmful).votes)).toMatchObject({ helpful, harmful, score });
  });

  test("does not count the owner's own votes", () => {
    expect(effectivenessOf([aVote({ own: true })])).toEqual({ score: 0, confidence: 0, helpful: 0, harmful: 0 });
  });

  // For all of n the bound is n / (n + z²); for 5 in 10 it is in every table.
  test.each([
    [0, 0, 0],
    [1, 1, 0.2065],
    [30, 30, 0.8865],
    [5, 10, 0.2366],
    [0, 10, 0],
  ])('Wilson lower bound of %i in %i', (hits, total, bound) => {
    expect(wilsonLowerBound(hits, total)).toBeCloseTo(bound, 4);
  });

  test('many votes are surer than one', () => {
    expect(wilsonLowerBound(30, 30)).toBeGreaterThan(wilsonLowerBound(1, 1));
  });
});
