import { describe, expect, test } from 'vitest';
import { evolve, progressOf, type Session, type SessionDelta, type SessionEvent } from '../../src/domain/session.ts';
import { checkTaken, progress, start } from '../../src/domain/session-decisions.ts';
import { minute } from '../support/fixtures.ts';
import { givenStream } from '../support/given.ts';

const given = givenStream<Session, SessionEvent>(evolve, 's1');
const nothing: SessionDelta = { next: [], inProgress: [], blocked: [], completed: [], removed: [] };

const started: SessionEvent = {
  type: 'session.started',
  data: { agent: 'ann', title: null, user: null, namespace: 'default', items: ['fetch', 'parse'], total: null },
};
const progressed = (delta: Partial<SessionDelta>): SessionEvent => ({
  type: 'session.progressed',
  data: { ...nothing, ...delta },
});

const telling = (delta: Partial<SessionDelta>) => (session: Session | null) => {
  const given = { ...nothing, ...delta };
  const event = progress(given);
  if (session === null || event === null) return [];
  checkTaken(session, given);
  return [event];
};

const namesOf = (session: Session | null) => session?.items.map(({ name, status }) => `${name}: ${status}`);

test('an item is named once at the start', () =>
  expect(start({ agent: 'ann', title: null, user: null, namespace: 'x', total: null }, ['a', 'b', 'a'])).toMatchObject({
    data: { items: ['a', 'b'] },
  }));

describe('its items', () => {
  test('keep their places, new ones come last, and removed ones go', () => {
    const { state } = given(
      started,
      progressed({ next: ['load'], completed: ['fetch'] }),
      progressed({ removed: ['parse'], inProgress: ['check'] }),
    );
    expect(namesOf(state)).toEqual(['fetch: COMPLETED', 'load: NEXT', 'check: IN_PROGRESS']);
  });

  test('have the status that they were given last, and say by whom and when', () => {
    const { state } = given(
      started,
      progressed({ completed: ['fetch'] }),
      progressed({ blocked: [{ name: 'fetch', reason: 'gone again' }] }),
    );
    expect(state?.items[0]).toEqual({
      name: 'fetch',
      status: 'BLOCKED',
      reason: 'gone again',
      by: 'ann',
      at: minute(2),
    });
  });

  test('forget why they were blocked when they are not', () => {
    const blocked = progressed({ blocked: [{ name: 'fetch', reason: 'no key' }] });
    expect(given(started, blocked, progressed({ next: ['fetch'] })).state?.items[0]?.reason).toBeNull();
  });
});

describe('a delta', () => {
  test('leaves what it does not name', () => {
    const { state } = given(
      started,
      progressed({ summary: 'so far', total: 3 }),
      progressed({ lastAction: 'fetched' }),
    );
    expect(state).toMatchObject({ summary: 'so far', total: 3, lastAction: 'fetched', status: 'IN_PROGRESS' });
  });

  test('has an item in one list only: the last of next, inProgress, blocked, completed, removed', () =>
    given(started)
      .when(
        telling({
          next: ['a', 'b', 'c', 'd', 'e', 'e'],
          inProgress: ['b', 'c'],
          blocked: [
            { name: 'c', reason: 'one' },
            { name: 'c', reason: 'two' },
            { name: 'd', reason: 'x' },
          ],
          completed: ['d', 'a'],
          removed: ['a'],
        }),
      )
      .then({
        type: 'session.progressed',
        data: {
          next: ['e'],
          inProgress: ['b'],
          blocked: [{ name: 'c', reason: 'two' }],
          completed: ['d'],
          removed: ['a'],
        },
      }));

  test('that names nothing is none', () => given(started).when(telling({})).thenNothing());

  test('of a status alone is one', () =>
    given(started)
      .when(telling({ status: 'BLOCKED' }))
      .then({ type: 'session.progressed', data: { ...nothing, status: 'BLOCKED' } }));

  test.each(['COMPLETED', 'ABANDONED'] as const)('on a session that is %s needs a status', (status) => {
    const finished = given(started, progressed({ status }));
    finished.when(telling({ completed: ['parse'] })).thenFails('CONFLICT', { field: 'id' });
    finished.when(telling({ summary: 'x', status: 'IN_PROGRESS' })).then({
      type: 'session.progressed',
      data: { ...nothing, summary: 'x', status: 'IN_PROGRESS' },
    });
  });

  test('of an item without a name, or a block without a reason, is refused', () => {
    given(started)
      .when(telling({ completed: ['ok', ''] }))
      .thenFails('INVALID_INPUT', { field: 'completed.1' });
    given(started)
      .when(telling({ blocked: [{ name: 'fetch', reason: '' }] }))
      .thenFails('INVALID_INPUT', { field: 'blocked.0.reason' });
  });

  test('may take away from a session that has more items than it may', () => {
    const many = (from: number) => Array.from({ length: 600 }, (_, n) => `${from + n}`);
    const full = given(started, progressed({ next: many(0) }), progressed({ next: many(600) }));
    full.when(telling({ next: ['more'] })).thenFails('INVALID_INPUT', { field: 'id', limit: 1_000 });
    full
      .when(telling({ completed: ['0'], removed: ['1'] }))
      .then({ type: 'session.progressed', data: { ...nothing, completed: ['0'], removed: ['1'] } });
  });
});

describe('progress', () => {
  const of = (total: number | null, ...events: SessionEvent[]) => {
    const { state } = given(started, ...events);
    return progressOf({ items: state?.items ?? [], total });
  };
  const completed = progressed({ completed: ['fetch'] });

  test('is the completed share of the known items', () => expect(of(null, completed)).toBe(0.5));
  test('is that of the total, where it is known', () => expect(of(4, completed)).toBe(0.25));
  test('is never more than all', () => expect(of(1, completed, progressed({ completed: ['parse'] }))).toBe(1));
  test('is 0 of nothing', () => expect(progressOf({ items: [], total: null })).toBe(0));
});
