// Features: declared once, updated by everyone, passed by a verifier who did not implement them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeclareFeatureInput, UpdateFeatureInput } from '../../src/commands/work-inputs.ts';
import { logs, openWorld, type World } from './world.ts';

const description = 'CSV files with a byte order mark are imported';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(open);
  });
  afterEach(() => world.close());

  const declare = (input: Partial<DeclareFeatureInput> = {}) =>
    world.as('planner').declareFeature({ id: 'csv', description, ...input });
  const update = (agent: string | null, input: Omit<UpdateFeatureInput, 'id'>) =>
    world.as(agent).updateFeature({ id: 'csv', ...input });

  test('a declared one is not started, and does not pass', async () => {
    const { feature, position } = await declare({ testSteps: ['import bom.csv'], session: 's' });
    expect(feature).toMatchObject({
      id: 'csv',
      namespace: 'default',
      description,
      status: 'NOT_STARTED',
      passes: false,
      testSteps: ['import bom.csv'],
      session: 's',
      revision: 0,
    });
    expect(position).toBe(await world.log.head());
  });

  test('an id is one within its namespace', async () => {
    await declare();
    const { feature } = await declare({ namespace: 'etl' });
    expect(feature).toMatchObject({ id: 'csv', namespace: 'etl' });
    await expect(declare()).rejects.toMatchObject({ code: 'CONFLICT', details: { field: 'input.id' } });
    await expect(update('coder', { status: 'TESTING', namespace: 'nowhere' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { field: 'input.id' },
    });
    await update('coder', { status: 'TESTING', namespace: 'etl' });
    expect((await update('coder', { status: 'BLOCKED' })).feature.revision).toBe(1);
  });

  test('declared again by the same command, it is the first result', async () => {
    const first = await declare({ commandId: 'c-1' });
    await update('coder', { status: 'IN_PROGRESS' });
    expect(await declare({ commandId: 'c-1' })).toEqual(first);
    await expect(declare({ commandId: 'c-1', description: 'other' })).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
  });

  test('it passes when another than its implementer says that it is complete', async () => {
    await declare();
    await update('coder', { status: 'IN_PROGRESS', implementedBy: 'coder' });
    expect((await update('coder', { status: 'COMPLETE', verifiedBy: 'coder' })).feature.passes).toBe(false);
    const { feature } = await update('qa', { status: 'COMPLETE', verifiedBy: 'qa', notes: '412 rows' });
    expect(feature).toMatchObject({ passes: true, implementedBy: 'coder', verifiedBy: 'qa', notes: '412 rows' });
    const { feature: failed } = await update('coder', { status: 'FAILED', failureReason: 'no rows' });
    expect(failed).toMatchObject({ passes: false, failureReason: 'no rows' });
  });

  test('nobody verifies for another, the operator neither', async () => {
    await declare();
    for (const agent of ['coder', null])
      await expect(update(agent, { status: 'COMPLETE', verifiedBy: 'qa' })).rejects.toMatchObject({
        code: 'FORBIDDEN',
        details: { field: 'input.verifiedBy' },
      });
    expect((await update(null, { status: 'COMPLETE' })).feature.passes).toBe(false);
  });

  test('of 64 updates that expect one version, one holds; without it all do', async () => {
    await declare();
    const agents = Array.from({ length: 64 }, (_, n) => `agent-${n}`);
    const expecting = await Promise.allSettled(
      agents.map((agent) => update(agent, { status: 'BLOCKED', expectedVersion: 0 })),
    );
    expect(expecting.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await Promise.all(agents.map((agent) => update(agent, { status: 'BLOCKED', notes: agent })));
    expect(await world.events()).toHaveLength(1 + 1 + 64);
  });

  test('updated again by the same command, it is updated once', async () => {
    await declare();
    const first = await update('coder', { status: 'IN_PROGRESS', commandId: 'c-1' });
    await update('qa', { status: 'BLOCKED' });
    expect(await update('coder', { status: 'IN_PROGRESS', commandId: 'c-1' })).toEqual(first);
    expect(await world.events()).toHaveLength(3);
  });

  test.each([
    [{ id: 'a:b' }, 'id'],
    [{ id: '' }, 'id'],
    [{ namespace: 'a:b' }, 'namespace'],
    [{ description: '' }, 'description'],
    [{ session: 'no spaces' }, 'session'],
    [{ testSteps: ['ok', ''] }, 'testSteps.1'],
    [{ testSteps: Array.from({ length: 101 }, () => 'x') }, 'testSteps'],
  ])('%o is refused', async (input, field) => {
    await expect(declare(input)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: `input.${field}` } });
    expect(await world.events()).toEqual([]);
  });

  test('only an acting agent declares', async () => {
    await expect(world.as(null).declareFeature({ id: 'csv', description })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
