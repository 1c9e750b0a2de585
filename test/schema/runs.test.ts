// Runs through the API: begun with memories, completed once, with votes for what helped and a lesson from what failed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SCORE = 'effectiveness { score helpful harmful }';
const RUN = `id version agent task namespace status memories { id ${SCORE} } evaluation
  reflections { id type scope content agent lesson { errorPattern } sources { memory { id } } } startedAt completedAt`;
const START = `mutation ($input: StartRunInput!) { startRun(input: $input) { run { ${RUN} } position } }`;
const COMPLETE = `mutation ($input: CompleteRunInput!) { completeRun(input: $input) { run { ${RUN} } position } }`;
const GET = `query ($id: ID!) { run(id: $id) { ${RUN} } }`;

const start = async (who: Who, input: object) =>
  (await world.data(who, START, { input: { task: 'Import', ...input } })).startRun;
const complete = async (who: Who, input: object) => (await world.data(who, COMPLETE, { input })).completeRun;
const get = async (who: Who, id: string) => (await world.data(who, GET, { id })).run;
const record = async (who: Who, input: object = {}): Promise<string> => {
  const { recordMemory } = await world.data(
    who,
    'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }',
    { input: { content: 'a note', scope: 'GLOBAL', ...input } },
  );
  return recordMemory.memory.id;
};
const helpful = { score: 0.5, helpful: 1, harmful: 0 };
const harmful = { score: -0.5, helpful: 0, harmful: 1 };

describe('a run', () => {
  test('has all that it was given, and is read by every agent of the tenant', async () => {
    const id = await record('bob');
    const { run } = await start('ann', { id: 'nightly', task: 'Import the files', namespace: 'etl', memories: [id] });
    expect(run).toEqual({
      id: 'nightly',
      version: 0,
      agent: 'ann',
      task: 'Import the files',
      namespace: 'etl',
      status: 'RUNNING',
      memories: [{ id, effectiveness: { score: 0, helpful: 0, harmful: 0 } }],
      evaluation: {},
      reflections: [],
      startedAt: world.now(),
      completedAt: null,
    });
    expect(await get('cid', 'nightly')).toEqual(run);
  });

  test('that succeeds votes for what it used', async () => {
    const [used, unused] = [await record('bob'), await record('bob')];
    const { run } = await start('ann', { memories: [used, unused] });
    const done = await complete('ann', { id: run.id, success: true, evaluation: { rows: 7 }, memories: [used] });
    expect(done.run).toMatchObject({
      version: 1,
      status: 'SUCCEEDED',
      evaluation: { rows: 7 },
      memories: [{ id: used, effectiveness: helpful }],
      reflections: [],
      completedAt: world.now(),
    });
    await world.settled();
    const { memory } = await world.data('cid', `query ($id: ID!) { memory(id: $id) { ${SCORE} } }`, { id: unused });
    expect(memory.effectiveness.helpful).toBe(0);
  });

  test('that fails votes against it and reflects, all at once', async () => {
    const used = await record('bob');
    const { run } = await start('ann', { memories: [used], task: 'Parse' });
    const done = await complete('ann', {
      id: run.id,
      success: false,
      error: 'the first column is gone',
      errorPattern: 'files with a BOM',
    });
    expect(done.run).toMatchObject({ status: 'FAILED', memories: [{ id: used, effectiveness: harmful }] });
    expect(done.run.reflections).toEqual([
      {
        id: expect.any(String),
        type: 'REFLECTION',
        scope: 'GLOBAL',
        content: expect.stringContaining('the first column is gone'),
        agent: 'ann',
        lesson: { errorPattern: 'files with a BOM' },
        sources: [{ memory: { id: used } }],
      },
    ]);
    await world.settled();
    const { playbook } = await world.data(
      'cid',
      '{ playbook(input: { query: "the first column is gone" }) { entries { memory { id } } } }',
    );
    expect(playbook.entries).toContainEqual({ memory: { id: done.run.reflections[0].id } });
  });

  test('does neither when it is told not to', async () => {
    const used = await record('bob');
    const { run } = await start('ann', { memories: [used] });
    const input = { id: run.id, success: false, error: 'no luck', autoVote: false, autoReflect: false };
    expect((await complete('ann', input)).run).toMatchObject({
      status: 'FAILED',
      memories: [{ effectiveness: { score: 0 } }],
      reflections: [],
    });
  });

  test('is completed once: a retry answers the first result, a second completion is a CONFLICT', async () => {
    const used = await record('bob');
    const { run } = await start('ann', { memories: [used] });
    const input = { id: run.id, success: false, error: 'no luck', commandId: 'complete' };
    const first = await complete('ann', input);
    const head = await world.log.head();
    expect(await complete('ann', input)).toEqual(first);
    for (const commandId of [null, 'another']) {
      const { errors } = await world.ask('ann', COMPLETE, { input: { id: run.id, success: true, commandId } });
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT', field: 'input.id' } });
    }
    expect(await world.log.head()).toBe(head);
    expect(await get('ann', run.id)).toMatchObject({ version: 1, memories: [{ effectiveness: harmful }] });
  });

  test('of 64 completions at once one holds, and votes once', async () => {
    const used = await record('bob');
    const { run } = await start('ann', { memories: [used] });
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => world.ask('ann', COMPLETE, { input: { id: run.id, success: true } })),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(63);
    expect(await get('ann', run.id)).toMatchObject({ memories: [{ effectiveness: helpful }] });
  });

  test('shows its memories as the log has them now, each read once, and those no more that are gone', async () => {
    const [forgotten, kept] = [await record('ann'), await record('ann')];
    const { run } = await start('ann', { memories: [forgotten, kept] });
    await world.data('ann', 'mutation ($id: ID!) { forgetMemory(id: $id) { id } }', { id: forgotten });
    await world.settled();
    world.calls.streams.length = 0;
    const { run: found } = await world.data(
      'ann',
      'query ($id: ID!) { run(id: $id) { one: memories { id } two: memories { content } } }',
      { id: run.id },
    );
    expect(found).toEqual({ one: [{ id: kept }], two: [{ content: 'a note' }] });
    expect(world.calls.streams.filter((stream) => stream.endsWith(kept))).toHaveLength(1);
  });

  test('is started once; a retry answers the first result', async () => {
    const input = { id: 'once', task: 'Import', commandId: 'start' };
    const first = await start('ann', input);
    expect(await start('ann', input)).toEqual(first);
    const { errors } = await world.ask('bob', START, { input: { id: 'once', task: 'Mine' } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT', field: 'input.id' } });
  });
});

describe('who has no right', () => {
  test('sees the run without the memories that it may not read, and cannot tell that there are such', async () => {
    const [secret, shared] = [await record('ann', { scope: 'AGENT_PRIVATE' }), await record('ann')];
    const { run } = await start('ann', { memories: [secret, shared] });
    await complete('ann', { id: run.id, success: false, error: 'no luck' });
    await world.settled();
    const seen = await get('bob', run.id);
    expect(seen.memories).toMatchObject([{ id: shared }]);
    expect(seen.reflections).toMatchObject([{ sources: [{ memory: { id: shared } }] }]);
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect((await get(operator, run.id)).memories).toMatchObject([{ id: secret }, { id: shared }]);
  });

  test('names no memory that it may not read: NOT_FOUND, as for one that never was, and nothing is written', async () => {
    const secret = await record('ann', { scope: 'AGENT_PRIVATE' });
    const head = await world.log.head();
    const hidden = await world.ask('bob', START, { input: { task: 't', memories: [secret] } });
    const absent = await world.ask('bob', START, { input: { task: 't', memories: ['never-was'] } });
    expect(hidden.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.memories.0' } });
    expect(absent).toEqual(hidden);
    expect(await world.log.head()).toBe(head);
  });

  test('does not complete it, but for the operator', async () => {
    const used = await record('bob');
    const { run } = await start('ann', { memories: [used] });
    const { errors } = await world.ask('bob', COMPLETE, { input: { id: run.id, success: true } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.id' } });
    expect((await complete(operator, { id: run.id, success: true })).run).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('of another tenant finds no run', async () => {
    const { run } = await start('ann', {});
    const stranger = { tenant: 'umbrella', agent: 'ann' };
    expect(await get(stranger, run.id)).toBeNull();
    const theirs = await world.ask(stranger, COMPLETE, { input: { id: run.id, success: true } });
    const absent = await world.ask(stranger, COMPLETE, { input: { id: 'never-was', success: true } });
    expect(theirs.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.id' } });
    expect(absent).toEqual(theirs);
  });
});
