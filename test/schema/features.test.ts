// Features through the API: declared, worked on, and passed by another than who built them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const FEATURE =
  'id version namespace description category session status testSteps passes implementedBy verifiedBy notes failureReason updatedAt';
const DECLARE = `mutation ($input: DeclareFeatureInput!) { declareFeature(input: $input) { feature { ${FEATURE} } position } }`;
const UPDATE = `mutation ($input: UpdateFeatureInput!) { updateFeature(input: $input) { feature { ${FEATURE} } position } }`;
const GET = `query ($id: ID!, $namespace: String) { feature(id: $id, namespace: $namespace) { ${FEATURE} } }`;
const LIST = `query ($namespace: String, $session: ID, $status: FeatureStatus, $minPosition: Position) {
  features(namespace: $namespace, session: $session, status: $status, minPosition: $minPosition) {
    nodes { id } total passing failing inProgress } }`;

const declare = async (who: Who, input: object) =>
  (await world.data(who, DECLARE, { input: { description: 'It works', ...input } })).declareFeature;
const update = async (who: Who, input: object) => (await world.data(who, UPDATE, { input })).updateFeature;
const get = async (who: Who, id: string, namespace = 'default') =>
  (await world.data(who, GET, { id, namespace })).feature;

describe('a feature', () => {
  test('has all that it was given, and the defaults for the rest', async () => {
    const { feature } = await declare('ann', {
      id: 'login',
      namespace: 'web',
      description: 'Users log in',
      category: 'functional',
      session: 's1',
      testSteps: ['open the page', 'log in'],
    });
    expect(feature).toEqual({
      id: 'login',
      version: 0,
      namespace: 'web',
      description: 'Users log in',
      category: 'functional',
      session: 's1',
      status: 'NOT_STARTED',
      testSteps: ['open the page', 'log in'],
      passes: false,
      implementedBy: null,
      verifiedBy: null,
      notes: null,
      failureReason: null,
      updatedAt: world.now(),
    });
    expect(await get('bob', 'login', 'web')).toEqual(feature);
    expect(await get('bob', 'login')).toBeNull();
  });

  test('passes only when a verifier says so who did not implement it', async () => {
    await declare('ann', { id: 'search' });
    const stands = async (who: Who, input: object) => {
      const { feature } = await update(who, { id: 'search', ...input });
      return { passes: feature.passes, implementedBy: feature.implementedBy, verifiedBy: feature.verifiedBy };
    };
    expect(await stands('ann', { status: 'IN_PROGRESS', implementedBy: 'ann' })).toMatchObject({ passes: false });
    expect(await stands('ann', { status: 'COMPLETE', verifiedBy: 'ann' })).toMatchObject({ passes: false });
    expect(await stands('bob', { status: 'COMPLETE' })).toMatchObject({ passes: false });
    expect(await stands('bob', { status: 'COMPLETE', verifiedBy: 'bob' })).toEqual({
      passes: true,
      implementedBy: 'ann',
      verifiedBy: 'bob',
    });
    expect(await stands('cid', { status: 'FAILED', failureReason: 'no hits' })).toMatchObject({ passes: false });
    expect(await get('ann', 'search')).toMatchObject({ status: 'FAILED', failureReason: 'no hits', version: 5 });
  });

  test('nobody verifies in the name of another', async () => {
    await declare('ann', { id: 'proxy' });
    const { errors } = await world.ask('ann', UPDATE, {
      input: { id: 'proxy', status: 'COMPLETE', implementedBy: 'ann', verifiedBy: 'bob' },
    });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.verifiedBy' } });
    expect(await get('ann', 'proxy')).toMatchObject({ status: 'NOT_STARTED', passes: false, version: 0 });
  });

  test('tells its history to every agent of the tenant', async () => {
    await declare('ann', { id: 'told', namespace: 'other' });
    await update('bob', { id: 'told', namespace: 'other', status: 'TESTING' });
    const { feature } = await world.data(
      'cid',
      '{ feature(id: "told", namespace: "other") { history { version event by } } }',
    );
    expect(feature.history).toEqual([
      { version: 0, event: 'feature.declared', by: 'ann' },
      { version: 1, event: 'feature.updated', by: 'bob' },
    ]);
  });

  test('is declared once; a retry answers the first result', async () => {
    const input = { id: 'once', commandId: 'declare' };
    const first = await declare('ann', input);
    expect(await declare('ann', input)).toEqual(first);
    const again = await world.ask('bob', DECLARE, { input: { id: 'once', description: 'Mine' } });
    expect(again.errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT', field: 'input.id' } });
    const change = { id: 'once', status: 'TESTING', notes: 'n', commandId: 'update', expectedVersion: 0 };
    const changed = await update('ann', change);
    await update('bob', { id: 'once', status: 'FAILED' });
    expect(await update('ann', change)).toEqual(changed);
    const stale = await world.ask('bob', UPDATE, { input: { id: 'once', status: 'BLOCKED', expectedVersion: 0 } });
    expect(stale.errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT', version: 2 } });
  });

  test('of another tenant is not there', async () => {
    await declare('ann', { id: 'ours' });
    const stranger = { tenant: 'umbrella', agent: 'ann' };
    expect(await get(stranger, 'ours')).toBeNull();
    const theirs = await world.ask(stranger, UPDATE, { input: { id: 'ours', status: 'COMPLETE' } });
    const absent = await world.ask(stranger, UPDATE, { input: { id: 'never-was', status: 'COMPLETE' } });
    expect(theirs.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.id' } });
    expect(absent).toEqual(theirs);
    expect((await world.data(stranger, LIST)).features).toEqual({
      nodes: [],
      total: 0,
      passing: 0,
      failing: 0,
      inProgress: 0,
    });
  });

  test('is not declared by the operator, who acts for nobody', async () => {
    const { errors } = await world.ask(operator, DECLARE, { input: { id: 'official', description: 'd' } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});

test('features are counted over all that was asked for, the last updated first', async () => {
  const namespace = 'counted';
  for (const [index, session] of ['s1', 's1', 's1', 's2', 's2'].entries()) {
    world.pass(1_000);
    await declare('ann', { id: `f${index}`, namespace, session });
  }
  const set = async (who: Who, id: string, input: object) => {
    world.pass(1_000);
    return update(who, { id, namespace, ...input });
  };
  await set('ann', 'f0', { status: 'COMPLETE' });
  await set('bob', 'f0', { status: 'COMPLETE', verifiedBy: 'bob' });
  await set('ann', 'f1', { status: 'COMPLETE' });
  await set('ann', 'f2', { status: 'IN_PROGRESS' });
  const { position: minPosition } = await set('bob', 'f3', { status: 'FAILED', failureReason: 'crash' });
  const list = async (variables: object) => {
    const { features } = await world.data('cid', LIST, { namespace, minPosition, ...variables });
    return { ...features, nodes: features.nodes.map(({ id }: { id: string }) => id).join(' ') };
  };

  expect(await list({})).toEqual({ nodes: 'f3 f2 f1 f0 f4', total: 5, passing: 1, failing: 1, inProgress: 1 });
  expect(await list({ session: 's1' })).toEqual({ nodes: 'f2 f1 f0', total: 3, passing: 1, failing: 0, inProgress: 1 });
  expect(await list({ status: 'COMPLETE' })).toEqual({
    nodes: 'f1 f0',
    total: 2,
    passing: 1,
    failing: 0,
    inProgress: 0,
  });
  expect(await list({ namespace: 'empty' })).toEqual({ nodes: '', total: 0, passing: 0, failing: 0, inProgress: 0 });
});

test('features beyond those that are shown are counted, too', async () => {
  const commands = world.commands(await world.callerOf('ann'));
  const ids = Array.from({ length: 1_001 }, (_, index) => `f${index}`);
  const declare = (id: string) => commands.declareFeature({ id, namespace: 'many', description: 'd' });
  while (ids.length > 0) await Promise.all(ids.splice(0, 100).map(declare));
  const { position: minPosition } = await update('bob', { id: 'f0', namespace: 'many', status: 'FAILED' });
  const { features } = await world.data('ann', LIST, { namespace: 'many', minPosition });
  expect(features).toMatchObject({ total: 1_001, failing: 1 });
  expect(features.nodes).toHaveLength(1_000);
});
