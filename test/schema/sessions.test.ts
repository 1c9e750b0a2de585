// Sessions through the API: started, progressed by many at once, listed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SESSION = `id version agent user namespace status title items { name status reason by at } completed inProgress next blocked { name reason }
  progress total summary lastAction startedAt updatedAt`;
const START = `mutation ($input: StartSessionInput!) { startSession(input: $input) { session { ${SESSION} } position } }`;
const PROGRESS = `mutation ($input: ProgressSessionInput!) { progressSession(input: $input) { session { ${SESSION} } position } }`;
const GET = `query ($id: ID!) { session(id: $id) { ${SESSION} } }`;
const LIST = `query ($agent: String, $status: SessionStatus, $first: Int, $after: String, $minPosition: Position) {
  sessions(agent: $agent, status: $status, first: $first, after: $after, minPosition: $minPosition) {
    nodes { id status agent } pageInfo { hasNextPage endCursor } totalCount } }`;

const start = async (who: Who, input: object = {}) => (await world.data(who, START, { input })).startSession;
const progress = async (who: Who, input: object) => (await world.data(who, PROGRESS, { input })).progressSession;
const get = async (who: Who, id: string) => (await world.data(who, GET, { id })).session;

describe('a session', () => {
  test('has all that it was given, and the defaults for the rest', async () => {
    const { session } = await start('ann', {
      id: 'launch',
      title: 'Launch',
      user: 'u1',
      items: ['plan', 'do'],
      total: 4,
    });
    const at = world.now();
    expect(session).toEqual({
      id: 'launch',
      version: 0,
      agent: 'ann',
      user: 'u1',
      namespace: 'default',
      status: 'IN_PROGRESS',
      title: 'Launch',
      items: [
        { name: 'plan', status: 'NEXT', reason: null, by: 'ann', at },
        { name: 'do', status: 'NEXT', reason: null, by: 'ann', at },
      ],
      completed: [],
      inProgress: [],
      next: ['plan', 'do'],
      blocked: [],
      progress: 0,
      total: 4,
      summary: null,
      lastAction: null,
      startedAt: at,
      updatedAt: at,
    });
    expect(await get('bob', 'launch')).toEqual(session);
  });

  test('gets an id when it is given none, and may be for another agent', async () => {
    const { session } = await start('ann', { agent: 'bob' });
    expect(session).toMatchObject({ agent: 'bob', version: 0, items: [], progress: 0 });
    expect(await get('ann', session.id)).toEqual(session);
  });

  test('is progressed by every agent: only what a delta names changes', async () => {
    await start('ann', { id: 'shared', items: ['a', 'b', 'c', 'd'] });
    await progress('bob', { id: 'shared', completed: ['a'], blocked: [{ name: 'b', reason: 'no key' }] });
    const { session } = await progress('ann', {
      id: 'shared',
      inProgress: ['c'],
      next: ['e'],
      removed: ['d'],
      summary: 'half',
      lastAction: 'began c',
      status: 'BLOCKED',
    });
    expect(session).toMatchObject({
      version: 2,
      status: 'BLOCKED',
      completed: ['a'],
      inProgress: ['c'],
      next: ['e'],
      blocked: [{ name: 'b', reason: 'no key' }],
      progress: 0.25,
      summary: 'half',
      lastAction: 'began c',
    });
    expect(session.items.map(({ name, by }: { name: string; by: string }) => [name, by])).toEqual([
      ['a', 'bob'],
      ['b', 'bob'],
      ['c', 'ann'],
      ['e', 'ann'],
    ]);
    expect(await get(operator, 'shared')).toEqual(session);
  });

  test('tells its history to every agent of the tenant', async () => {
    await start('ann', { id: 'told', items: ['a'] });
    await progress('bob', { id: 'told', completed: ['a'] });
    const { session } = await world.data('cid', '{ session(id: "told") { history { version event by data } } }');
    expect(session.history).toEqual([
      { version: 0, event: 'session.started', by: 'ann', data: expect.objectContaining({ items: ['a'] }) },
      { version: 1, event: 'session.progressed', by: 'bob', data: expect.objectContaining({ completed: ['a'] }) },
    ]);
  });

  test('is read while the views stand still', async () => {
    await using still = await openWorld();
    await still.projector.stop();
    await still.data('ann', START, { input: { id: 'unseen' } });
    expect((await still.data('bob', GET, { id: 'unseen' })).session).toMatchObject({ id: 'unseen' });
  });
});

describe('at the same time', () => {
  const tellers = Array.from({ length: 64 }, (_, index) => `agent-${index}`);

  test('64 deltas lose nothing', async () => {
    await start('ann', { id: 'busy', items: tellers });
    await Promise.all(tellers.map((name) => progress(name, { id: 'busy', completed: [name] })));
    const session = await get('ann', 'busy');
    expect(session).toMatchObject({ version: 64, progress: 1 });
    expect(new Set(session.completed)).toEqual(new Set(tellers));
    expect(session.items.every(({ name, by }: { name: string; by: string }) => name === by)).toBe(true);
  });

  test('of 64 deltas that expect one version, one holds', async () => {
    await start('ann', { id: 'raced' });
    const answers = await Promise.all(
      tellers.map((name) => world.ask(name, PROGRESS, { input: { id: 'raced', next: [name], expectedVersion: 0 } })),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(63);
    expect(await get('ann', 'raced')).toMatchObject({ version: 1, next: [tellers[codes.indexOf('OK')]] });
  });

  test('64 that start the same id: one does', async () => {
    const answers = await Promise.all(tellers.map((name) => world.ask(name, START, { input: { id: 'contested' } })));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
    expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(63);
  });
});

describe('a commandId', () => {
  test('makes starting safe to repeat, with an id or without', async () => {
    for (const given of [{ id: 'twice' }, {}]) {
      const input = { ...given, title: 'T', commandId: `start ${JSON.stringify(given)}` };
      const first = await start('ann', input);
      await progress('bob', { id: first.session.id, next: ['x'] });
      expect(await start('ann', input)).toEqual(first);
    }
  });

  test('makes a delta happen once', async () => {
    await start('ann', { id: 'once' });
    const input = { id: 'once', next: ['a'], commandId: 'delta' };
    const first = await progress('ann', input);
    await progress('bob', { id: 'once', completed: ['a'] });
    expect(await progress('ann', input)).toEqual(first);
    expect(await get('ann', 'once')).toMatchObject({ version: 2, completed: ['a'] });
  });

  test('of another delta is COMMAND_ID_REUSED', async () => {
    await start('ann', { id: 'reused' });
    await progress('ann', { id: 'reused', next: ['a'], commandId: 'reuse' });
    const { errors } = await world.ask('ann', PROGRESS, { input: { id: 'reused', next: ['b'], commandId: 'reuse' } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'COMMAND_ID_REUSED', field: 'input.commandId' } });
  });
});

describe('who has no right', () => {
  test("sees nothing of another tenant's session, and changes nothing", async () => {
    await start('ann', { id: 'ours' });
    const stranger = { tenant: 'umbrella', agent: 'ann' };
    expect(await get(stranger, 'ours')).toBeNull();
    const theirs = await world.ask(stranger, PROGRESS, { input: { id: 'ours', next: ['x'] } });
    const absent = await world.ask(stranger, PROGRESS, { input: { id: 'never-was', next: ['x'] } });
    expect(theirs.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.id' } });
    expect(absent).toEqual(theirs);
    expect((await world.data(stranger, LIST)).sessions).toMatchObject({ nodes: [], totalCount: 0 });
    expect((await start(stranger, { id: 'ours' })).session).toMatchObject({ id: 'ours', version: 0 });
  });

  test('the operator starts none', async () => {
    const { errors } = await world.ask(operator, START, { input: { id: 'official' } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await get('ann', 'official')).toBeNull();
  });
});

describe('sessions', () => {
  test('are listed by agent and status, newest first, page by page, with what was just written', async () => {
    const ids = ['l0', 'l1', 'l2', 'l3', 'l4'];
    let minPosition = '';
    for (const id of ids) {
      world.pass(1_000);
      ({ position: minPosition } = await start('lister', { id }));
    }
    ({ position: minPosition } = await progress('ann', { id: 'l1', status: 'COMPLETED' }));
    const list = async (variables: object) =>
      (await world.data('bob', LIST, { agent: 'lister', minPosition, ...variables })).sessions;
    const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);

    expect(idsOf(await list({}))).toEqual(['l4', 'l3', 'l2', 'l1', 'l0']);
    expect(idsOf(await list({ status: 'COMPLETED' }))).toEqual(['l1']);
    const first = await list({ status: 'IN_PROGRESS', first: 3 });
    expect(idsOf(first)).toEqual(['l4', 'l3', 'l2']);
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const rest = await list({ status: 'IN_PROGRESS', first: 3, after: first.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(['l0']);
    expect(rest).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: false } });
  });

  test('of a full page are asked with all that is in them', async () => {
    const { sessions } = await world.data(
      'bob',
      `{ sessions(first: 100, agent: "lister") { nodes { ${SESSION} history { version event at by data } } } }`,
    );
    expect(sessions.nodes).toHaveLength(5);
    expect(sessions.nodes[3]).toMatchObject({ id: 'l1', history: [{ version: 0 }, { version: 1 }] });
  });
});
