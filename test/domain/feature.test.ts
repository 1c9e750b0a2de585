import { describe, expect, test } from 'vitest';
import { evolve, type Feature, type FeatureEvent, type FeatureUpdate } from '../../src/domain/feature.ts';
import { declare, update } from '../../src/domain/feature-decisions.ts';
import { givenStream } from '../support/given.ts';

const given = givenStream<Feature, FeatureEvent>(evolve, 'default:csv');
const declared: FeatureEvent = {
  type: 'feature.declared',
  data: { id: 'csv', namespace: 'default', description: 'CSV import', category: null, session: null, testSteps: [] },
};
const updated = (data: FeatureUpdate): FeatureEvent => ({ type: 'feature.updated', data });
const updating =
  (by: string | null, data: FeatureUpdate) =>
  (feature: Feature | null): FeatureEvent[] =>
    feature === null ? [] : update(feature, data, by);

const implemented = updated({ status: 'TESTING', implementedBy: 'coder' });
const verified = updated({ status: 'COMPLETE', verifiedBy: 'qa' });
const stateOf = (...events: FeatureEvent[]) => given(declared, ...events).state;

test('a name is needed, and a description', () => {
  const { data } = declared as Extract<FeatureEvent, { type: 'feature.declared' }>;
  expect(() => declare({ ...data, id: 'a:b' })).toThrow('id must be');
  expect(() => declare({ ...data, description: '' })).toThrow('description must not be empty');
});

describe('passing', () => {
  test('needs a verifier', () => expect(stateOf(updated({ status: 'COMPLETE' }))?.passes).toBe(false));
  test('needs one that is not the implementer', () => {
    expect(stateOf(implemented, verified)).toMatchObject({ passes: true, verifiedBy: 'qa' });
    expect(stateOf(implemented, updated({ status: 'COMPLETE', verifiedBy: 'coder' }))?.passes).toBe(false);
  });
  test('needs that it is complete', () =>
    expect(stateOf(implemented, updated({ status: 'TESTING', verifiedBy: 'qa' }))?.passes).toBe(false));

  test.each(['NOT_STARTED', 'IN_PROGRESS', 'BLOCKED', 'TESTING', 'FAILED'] as const)('ends with %s', (status) => {
    expect(stateOf(implemented, verified, updated({ status }))).toMatchObject({ passes: false, verifiedBy: null });
    const again = stateOf(implemented, verified, updated({ status }), updated({ status: 'COMPLETE' }));
    expect(again?.passes).toBe(false);
  });

  test('stays when more is said of a complete one', () =>
    expect(stateOf(implemented, verified, updated({ status: 'COMPLETE', notes: 'x' }))?.passes).toBe(true));

  test('ends when another implemented it', () =>
    expect(stateOf(implemented, verified, updated({ status: 'COMPLETE', implementedBy: 'other' }))?.passes).toBe(
      false,
    ));
});

describe('who implemented it', () => {
  test('is who took it up, or called it complete, unless one is named or known', () => {
    given(declared)
      .when(updating('coder', { status: 'IN_PROGRESS' }))
      .then(updated({ status: 'IN_PROGRESS', implementedBy: 'coder' }));
    given(declared)
      .when(updating('coder', { status: 'COMPLETE' }))
      .then(updated({ status: 'COMPLETE', implementedBy: 'coder' }));
    given(declared)
      .when(updating('lead', { status: 'IN_PROGRESS', implementedBy: 'coder' }))
      .then(updated({ status: 'IN_PROGRESS', implementedBy: 'coder' }));
    given(declared, implemented)
      .when(updating('lead', { status: 'IN_PROGRESS' }))
      .then(updated({ status: 'IN_PROGRESS' }));
  });

  test('is not who tests or verifies it, nor the operator', () => {
    for (const [by, data] of [
      ['qa', { status: 'TESTING' }],
      ['qa', { status: 'COMPLETE', verifiedBy: 'qa' }],
      [null, { status: 'IN_PROGRESS' }],
    ] as const)
      given(declared).when(updating(by, data)).then(updated(data));
  });
});

test('nobody verifies for another', () => {
  for (const by of ['coder', null])
    given(declared)
      .when(updating(by, { status: 'COMPLETE', verifiedBy: 'qa' }))
      .thenFails('FORBIDDEN', { field: 'verifiedBy' });
});

test('why it failed is told as long as it is so', () => {
  const failed = updated({ status: 'FAILED', failureReason: 'no rows' });
  expect(stateOf(failed, updated({ status: 'FAILED', notes: 'still' }))?.failureReason).toBe('no rows');
  expect(stateOf(failed, updated({ status: 'IN_PROGRESS' }))?.failureReason).toBeNull();
});
