// Given–when–then for the domain: `given(...events).when(decision).then(events)`, or `.thenFails(code)`. The events are
// those of one memory's stream, `ann`'s memory m1 of the tenant acme, one minute apart.
import { expect } from 'vitest';
import type { Recorded } from '../../src/domain/event.ts';
import { Failure, type FailureCode, type FailureDetails } from '../../src/domain/failure.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import { evolve, type MemoryView } from '../../src/domain/memory-view.ts';
import type { VoteEvent } from '../../src/domain/votes.ts';
import { minute, TENANT } from './fixtures.ts';

type Event = MemoryEvent | VoteEvent;

/** What a decision is made on: the state, and the time it is made at. */
export type Decision<State, Decided> = (state: State, now: string) => readonly Decided[] | Decided;

export const given = (...events: Event[]) => givenStream<MemoryView, Event>(evolve, 'm1')(...events);

/** The same of the stream of anything else. */
export const givenStream =
  <State, Happened>(fold: (state: State | null, event: Happened, at: Recorded) => State | null, id: string) =>
  (...events: Happened[]) =>
    givenState(
      events.reduce<State | null>(
        (state, event, revision) =>
          fold(state, event, { tenant: TENANT, id, revision, recordedAt: minute(revision), actor: 'ann' }),
        null,
      ),
      minute(events.length),
    );

export const givenState = <State>(state: State, now = minute(0)) => ({
  /** For what a fold gives, in place of a decision. */
  state,
  when: <Decided extends { type: string }>(decide: Decision<State, Decided>) => {
    const decided = () => [decide(state, now)].flat();
    return {
      then: (...expected: Decided[]) => expect(decided()).toEqual(expected),
      thenNothing: () => expect(decided()).toEqual([]),
      thenFails: (code: FailureCode, details: FailureDetails = {}) => expectFailure(decided, code, details),
    };
  },
});

export function expectFailure(work: () => unknown, code: FailureCode, details: FailureDetails = {}): void {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Failure);
  expect(thrown).toMatchObject({ code, details });
}
