import { describe, expect, test } from 'vitest';
import {
  canSee,
  evolve,
  type Handoff,
  type HandoffEvent,
  handoffStatuses,
  type Offer,
  shownTo,
  statusAt,
} from '../../src/domain/handoff.ts';
import {
  type Answering,
  answerOf,
  checkAnswer,
  checkOffer,
  expire,
  type NewOffer,
  visible,
} from '../../src/domain/handoff-decisions.ts';
import { limits } from '../../src/domain/limits.ts';
import type { Reader } from '../../src/domain/visibility.ts';
import { aReader, at, minute, operator, TENANT } from '../support/fixtures.ts';
import { expectFailure, givenState } from '../support/given.ts';

const anOffer = (given: Partial<Offer> = {}): Offer => ({
  to: { agent: null, team: 'press' },
  task: 'Write the summary',
  context: {},
  memories: ['m1', 'm2'],
  session: null,
  pinnedAt: at(7),
  expiresAt: null,
  withheld: ['m2'],
  ...given,
});

const offered = (given: Partial<Offer> = {}): [HandoffEvent, string] => [
  { type: 'handoff.offered', data: anOffer(given) },
  'ann',
];
const accepted: [HandoffEvent, string] = [{ type: 'handoff.accepted', data: { reason: null } }, 'writer'];
const declined: [HandoffEvent, string] = [{ type: 'handoff.declined', data: { reason: 'busy' } }, 'writer'];
const completed: [HandoffEvent, string] = [
  { type: 'handoff.completed', data: { reason: null, result: 'done' } },
  'writer',
];
const cancelled: [HandoffEvent, string] = [{ type: 'handoff.cancelled', data: { reason: null } }, 'ann'];
const expired: [HandoffEvent, string] = [{ type: 'handoff.expired', data: {} }, '$server'];

function fold(...events: [HandoffEvent, string][]): Handoff {
  const state = events.reduce<Handoff | null>(
    (before, [event, actor], revision) =>
      evolve(before, event, { tenant: TENANT, id: 'h1', revision, recordedAt: minute(revision), actor }),
    null,
  );
  if (state === null) throw new Error('nothing was offered');
  return state;
}

const given = (...events: [HandoffEvent, string][]) => givenState(fold(...events), minute(events.length));

const answering =
  (
    how: Answering,
    reader: Reader,
    said = { reason: null, result: null } as { reason: string | null; result: string | null },
  ) =>
  (state: Handoff, now: string) => {
    checkAnswer(how, state, reader, now);
    return answerOf(how, said);
  };

const ann = aReader('ann');
const writer = aReader('writer', { teams: ['press'] });
const editor = aReader('editor', { teams: ['press'] });
const stranger = aReader('stranger', { teams: ['sales'] });

const stories: Record<string, [HandoffEvent, string][]> = {
  OFFERED: [offered()],
  ACCEPTED: [offered(), accepted],
  DECLINED: [offered(), declined],
  COMPLETED: [offered(), accepted, completed],
  EXPIRED: [offered({ expiresAt: minute(1) }), expired],
  CANCELLED: [offered(), cancelled],
};

describe('every status', () => {
  test('is reached by a story', () => {
    expect(Object.entries(stories).map(([, story]) => fold(...story).status)).toEqual([...handoffStatuses]);
  });

  const event = {
    accept: { type: 'handoff.accepted', data: { reason: null } },
    decline: { type: 'handoff.declined', data: { reason: null } },
    complete: { type: 'handoff.completed', data: { reason: null, result: null } },
    cancel: { type: 'handoff.cancelled', data: { reason: null } },
  } as const;
  const who = { accept: writer, decline: writer, complete: writer, cancel: ann };
  const taken: Record<string, string> = {
    ACCEPTED: 'already accepted by writer',
    DECLINED: 'already declined by writer',
    COMPLETED: 'already completed by writer',
    EXPIRED: `the handoff expired at ${minute(1)}`,
    CANCELLED: 'already cancelled by ann',
  };
  const allowed = new Set(['OFFERED accept', 'OFFERED decline', 'OFFERED cancel', 'ACCEPTED complete']);
  const cases = Object.keys(stories).flatMap((status) =>
    (['accept', 'decline', 'complete', 'cancel'] as const).map((how) => [status, how] as const),
  );

  test.each(cases)('%s: who may %s it', (status, how) => {
    const when = given(...(stories[status] ?? [])).when(answering(how, who[how]));
    if (allowed.has(`${status} ${how}`)) {
      when.then(event[how]);
      return;
    }
    when.thenFails('CONFLICT', { field: 'id' });
    expect(() => answering(how, who[how])(fold(...(stories[status] ?? [])), minute(9))).toThrow(
      taken[status] ?? 'nobody accepted the handoff yet',
    );
  });
});

describe('who may answer', () => {
  test('a handoff to an agent: that agent alone', () => {
    const toWriter = offered({ to: { agent: 'writer', team: null } });
    given(toWriter)
      .when(answering('accept', aReader('writer')))
      .then({ type: 'handoff.accepted', data: { reason: null } });
    given(toWriter).when(answering('accept', editor)).thenFails('FORBIDDEN', { field: 'id' });
    given(toWriter).when(answering('decline', ann)).thenFails('FORBIDDEN');
  });

  test('a handoff to a team: whoever is in it now', () => {
    given(offered())
      .when(answering('accept', editor))
      .then({ type: 'handoff.accepted', data: { reason: null } });
    given(offered())
      .when(answering('accept', aReader('editor')))
      .thenFails('FORBIDDEN');
  });

  test('nobody accepts or declines for others, the operator neither', () => {
    given(offered()).when(answering('accept', operator)).thenFails('FORBIDDEN');
    given(offered()).when(answering('decline', operator)).thenFails('FORBIDDEN');
  });

  test('who accepted it completes it, and nobody else but the operator', () => {
    const result = { type: 'handoff.completed', data: { reason: null, result: 'done' } } as const;
    const done = { reason: null, result: 'done' };
    given(offered(), accepted)
      .when(answering('complete', aReader('writer'), done))
      .then(result);
    given(offered(), accepted)
      .when(answering('complete', operator, done))
      .then(result);
    given(offered(), accepted).when(answering('complete', editor)).thenFails('FORBIDDEN');
    given(offered(), accepted).when(answering('complete', ann)).thenFails('FORBIDDEN');
    given(offered()).when(answering('complete', ann)).thenFails('FORBIDDEN');
  });

  test('its sender cancels it, and nobody else but the operator', () => {
    given(offered())
      .when(answering('cancel', operator))
      .then({ type: 'handoff.cancelled', data: { reason: null } });
    given(offered()).when(answering('cancel', writer)).thenFails('FORBIDDEN');
  });
});

describe('what is said with an answer', () => {
  test('is kept', () => {
    given(offered())
      .when(answering('decline', writer, { reason: 'busy', result: null }))
      .then({ type: 'handoff.declined', data: { reason: 'busy' } });
    expect(fold(offered(), declined)).toMatchObject({ reason: 'busy', result: null, updatedBy: 'writer' });
    expect(fold(offered(), accepted, completed)).toMatchObject({ result: 'done', acceptedBy: 'writer', from: 'ann' });
  });

  test('a result is for the end, and everything has a limit', () => {
    for (const how of ['accept', 'decline', 'cancel'] as const)
      expectFailure(() => answerOf(how, { reason: null, result: 'x' }), 'INVALID_INPUT', { field: 'result' });
    const long = (limit: number) => 'x'.repeat(limit + 1);
    expectFailure(() => answerOf('decline', { reason: long(limits.reason), result: null }), 'INVALID_INPUT', {
      field: 'reason',
      limit: limits.reason,
    });
    expectFailure(() => answerOf('complete', { reason: null, result: long(limits.result) }), 'INVALID_INPUT', {
      field: 'result',
      limit: limits.result,
    });
  });
});

describe('an offer', () => {
  const valid: NewOffer = {
    to: { agent: 'writer', team: null },
    task: 'Write',
    context: {},
    memories: [],
    session: null,
    ttl: null,
    recall: 0,
  };

  test('of all that may be given is taken', () => {
    expect(() =>
      checkOffer(
        {
          to: { agent: null, team: 'press' },
          task: 'x'.repeat(limits.task),
          context: { a: { b: [1] } },
          memories: Array.from({ length: limits.memories }, (_, index) => `m${index}`),
          session: 's-1',
          ttl: 1,
          recall: limits.recall,
        },
        'ann',
      ),
    ).not.toThrow();
  });

  test.each([
    ['to nobody', { to: { agent: null, team: null } }, 'to'],
    ['to two', { to: { agent: 'writer', team: 'press' } }, 'to'],
    ['to oneself', { to: { agent: 'ann', team: null } }, 'to.agent'],
    ['to a name that is none', { to: { agent: 'a b', team: null } }, 'to.agent'],
    ['to a team whose name is none', { to: { agent: null, team: '' } }, 'to.team'],
    ['of no task', { task: '' }, 'task'],
    ['of an endless task', { task: 'x'.repeat(limits.task + 1) }, 'task'],
    ['with too deep a context', { context: { a: { b: { c: { d: { e: { f: 1 } } } } } } }, 'context'],
    ['with 101 memories', { memories: Array(101).fill('m1') }, 'memories'],
    ['with a session whose name is none', { session: 'a b' }, 'session'],
    ['for no time', { ttl: 0 }, 'ttl'],
    ['for ever and a day', { ttl: limits.ttl + 1 }, 'ttl'],
    ['that recalls less than nothing', { recall: -1 }, 'recall'],
    ['that recalls too much', { recall: 51 }, 'recall'],
    ['that recalls a half', { recall: 0.5 }, 'recall'],
  ] as const)('%s is refused', (_, change, field) => {
    expectFailure(() => checkOffer({ ...valid, ...change } as NewOffer, 'ann'), 'INVALID_INPUT', { field });
  });
});

describe('expiry', () => {
  const offer = offered({ expiresAt: minute(5) });

  test('comes at the very millisecond, recorded or not', () => {
    const before = new Date(Date.parse(minute(5)) - 1).toISOString();
    expect([before, minute(5)].map((now) => statusAt(fold(offer), now))).toEqual(['OFFERED', 'EXPIRED']);
    const accept = answering('accept', writer);
    expect(accept(fold(offer), before)).toMatchObject({ type: 'handoff.accepted' });
    expect(() => accept(fold(offer), minute(5))).toThrow(`the handoff expired at ${minute(5)}`);
  });

  test('ends only what is open', () => {
    expect(statusAt(fold(offer, accepted), minute(9))).toBe('ACCEPTED');
    expect(statusAt(fold(offered()), minute(9))).toBe('OFFERED');
  });

  test('is recorded once, and not before its time', () => {
    expect(expire(fold(offer), minute(5))).toEqual([{ type: 'handoff.expired', data: {} }]);
    expect(expire(fold(offer), minute(4))).toEqual([]);
    expect(expire(fold(offer, expired), minute(9))).toEqual([]);
    expect(expire(fold(offer, accepted), minute(9))).toEqual([]);
  });
});

describe('who sees a handoff', () => {
  const state = fold(offered(), accepted);

  test('the sender, the members of the team now, who accepted it and the operator', () => {
    for (const reader of [ann, writer, editor, aReader('writer'), operator]) expect(canSee(reader, state)).toBe(true);
    for (const reader of [stranger, aReader('editor'), { ...operator, tenant: 'other' }])
      expect(canSee(reader, state)).toBe(false);
  });

  test('to others it is like what never was', () => {
    expectFailure(() => visible(stranger, state), 'NOT_FOUND', { field: 'id' });
    expectFailure(() => visible(stranger, null), 'NOT_FOUND', { field: 'id' });
  });

  test('what was withheld is told to the sender and the operator alone', () => {
    expect(shownTo(ann, state, minute(1)).withheld).toEqual(['m2']);
    expect(shownTo(operator, state, minute(1)).withheld).toEqual(['m2']);
    for (const reader of [writer, editor]) expect(shownTo(reader, state, minute(1)).withheld).toEqual([]);
  });
});
