import { describe, expect, test } from 'vitest';
import { evolve, type Run, type RunEvent } from '../../src/domain/run.ts';
import { ballotOf, type Completing, complete, reflectionOn, start } from '../../src/domain/run-decisions.ts';
import { aReader, minute, operator } from '../support/fixtures.ts';
import { givenStream } from '../support/given.ts';

const given = givenStream<Run, RunEvent>(evolve, 'run-1');
const started: RunEvent = {
  type: 'run.started',
  data: { agent: 'ann', task: 'Import bom.csv', namespace: 'etl', memories: ['m1', 'm2'] },
};
const well: Completing = {
  success: true,
  evaluation: {},
  memories: null,
  error: null,
  errorPattern: null,
  voted: true,
};
const completed = (data: Partial<Completing> & { memories?: string[]; reflections?: string[] } = {}) =>
  ({ type: 'run.completed', data: { ...well, memories: ['m1', 'm2'], reflections: [], ...data } }) satisfies RunEvent;

const completing =
  (data: Partial<Completing> = {}, reader = aReader('ann'), reflection: string | null = null) =>
  (run: Run | null): RunEvent[] =>
    run === null ? [] : [complete(run, { ...well, ...data }, reflection, reader)];

const running = () => {
  const { state } = given(started);
  if (state === null) throw new Error('nothing was started');
  return state;
};

test('a memory is named once at the start', () =>
  expect(start({ agent: 'ann', task: 'x', namespace: 'etl', memories: ['m1', 'm1'] }).data).toMatchObject({
    memories: ['m1'],
  }));

describe('completing', () => {
  test('is about the memories of the start, unless others are named', () => {
    given(started).when(completing()).then(completed());
    given(started)
      .when(completing({ memories: ['m3', 'm3'] }))
      .then(completed({ memories: ['m3'] }));
    given(started)
      .when(completing({ memories: [] }))
      .then(completed({ memories: [] }));
  });

  test('names the reflection that is recorded with it', () =>
    given(started)
      .when(completing({ success: false, error: 'no rows' }, operator, 'm9'))
      .then(completed({ success: false, error: 'no rows', reflections: ['m9'] })));

  test('a second time is a CONFLICT', () =>
    given(started, completed()).when(completing()).thenFails('CONFLICT', { field: 'id', version: 1 }));

  test('by another agent is FORBIDDEN', () =>
    given(started)
      .when(completing({}, aReader('bob')))
      .thenFails('FORBIDDEN', { field: 'id' }));
});

test('it is what it was started as, and how it ended', () =>
  expect(given(started, completed({ success: false, error: 'no rows' })).state).toMatchObject({
    agent: 'ann',
    status: 'FAILED',
    error: 'no rows',
    startedAt: minute(0),
    completedAt: minute(1),
  }));

test('its vote is one for the run', () => {
  expect(ballotOf(running(), true)).toEqual({ task: 'run-1', value: 'HELPFUL', context: 'Import bom.csv' });
  expect(ballotOf(running(), false).value).toBe('HARMFUL');
});

describe('its reflection', () => {
  const reflection = (data: Parameters<typeof completed>[0]) =>
    reflectionOn(running(), completed({ success: false, ...data }).data, minute(1));

  test('tells the task and the error, and names what was used', () =>
    expect(reflection({ error: 'no rows' }).data).toMatchObject({
      agent: 'ann',
      type: 'REFLECTION',
      content: 'The run "Import bom.csv" failed: no rows',
      sources: [{ memory: 'm1' }, { memory: 'm2' }],
      lesson: { errorPattern: 'no rows' },
    }));

  test('names so many sources and no more', () => {
    const memories = Array.from({ length: 100 }, (_, n) => `m${n}`);
    expect(reflection({ error: 'x', memories }).data.sources).toHaveLength(20);
  });
});
