// Handoffs, in the API's own terms: who sees them, and what goes with them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  await team('addToTeam', 'press', ['writer', 'editor']);
});
afterEach(() => world.close());

const team = (change: 'addToTeam' | 'removeFromTeam', name: string, agents: string[]) =>
  world.data(
    operator,
    `mutation($name: String!, $agents: [String!]!) { ${change}(team: $name, agents: $agents) { position } }`,
    {
      name,
      agents,
    },
  );

const record = async (who: Who, content: string, more: object = {}): Promise<string> => {
  const input = { content, ...more };
  const data = await world.data(
    who,
    'mutation($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }',
    {
      input,
    },
  );
  return data.recordMemory.memory.id;
};

const FIELDS = `id version status from to { agent team } task context memories { id content version } withheld
  session { id items { name status } } pinnedAt acceptedBy reason result expiresAt history { event by data }`;

const offer = async (more: object = {}, who: Who = 'ann') => {
  const input = { to: { team: 'press' }, task: 'Write the summary', ...more };
  const data = await world.data(
    who,
    `mutation($input: OfferHandoffInput!) { offerHandoff(input: $input) { handoff { ${FIELDS} } position } }`,
    { input },
  );
  return data.offerHandoff.handoff;
};
const answer = (who: Who, how: string, input: object) =>
  world.ask(
    who,
    `mutation($input: AnswerHandoffInput!) { ${how}Handoff(input: $input) { handoff { ${FIELDS} } position } }`,
    { input },
  );
const read = async (who: Who, id: string) =>
  (await world.data(who, `query($id: ID!) { handoff(id: $id) { ${FIELDS} } }`, { id })).handoff;
const list = async (who: Who, args = '') => {
  await world.settled();
  return (
    await world.data(who, `{ handoffs${args} { nodes { id status } totalCount pageInfo { hasNextPage endCursor } } }`)
  ).handoffs;
};
const contents = (handoff: { memories: { content: string }[] }) => handoff.memories.map(({ content }) => content);
const forAll = { scope: 'GLOBAL' };

test('an offer, accepted and completed', async () => {
  const memory = await record('ann', 'the import is done', forAll);
  const offered = await offer({ memories: [memory], context: { deadline: 'friday' }, ttl: 60 });
  expect(offered).toMatchObject({
    version: 0,
    status: 'OFFERED',
    from: 'ann',
    to: { agent: null, team: 'press' },
    context: { deadline: 'friday' },
    memories: [{ id: memory, content: 'the import is done' }],
    withheld: [],
    session: null,
    expiresAt: '2026-01-01T00:01:00.000Z',
  });
  expect(await read('writer', offered.id)).toEqual(offered);
  const accepted = await answer('writer', 'accept', { id: offered.id, reason: 'gladly' });
  expect(accepted.data.acceptHandoff.handoff).toMatchObject({ status: 'ACCEPTED', acceptedBy: 'writer', version: 1 });
  const twice = await answer('editor', 'accept', { id: offered.id });
  expect(twice.errors).toMatchObject([
    { message: 'already accepted by writer', extensions: { code: 'CONFLICT', field: 'input.id' } },
  ]);
  await answer('writer', 'complete', { id: offered.id, result: 'in the wiki' });
  const seen = await read('ann', offered.id);
  expect(seen).toMatchObject({ status: 'COMPLETED', reason: 'gladly', result: 'in the wiki' });
  expect(seen.history.map(({ event, by }: { event: string; by: string }) => `${event} ${by}`)).toEqual([
    'handoff.offered ann',
    'handoff.accepted writer',
    'handoff.completed writer',
  ]);
});

describe('pinned', () => {
  test('memories are read as they were at the offer, after later revisions too', async () => {
    const id = await record('ann', 'first', forAll);
    const { id: handoff } = await offer({ memories: [id] });
    await world.data('ann', `mutation { reviseMemory(input: { id: "${id}", content: "second" }) { position } }`);
    await world.data('writer', `mutation { vote(input: { memory: "${id}", value: HELPFUL }) { position } }`);
    expect((await read('writer', handoff)).memories).toEqual([{ id, content: 'first', version: 0 }]);
    const { id: later } = await offer({ memories: [id] });
    expect((await read('writer', later)).memories).toEqual([{ id, content: 'second', version: 2 }]);
  });

  test('so is the session', async () => {
    await world.data('ann', 'mutation { startSession(input: { id: "s-1", items: ["parse", "load"] }) { position } }');
    const { id } = await offer({ session: 's-1' });
    await world.data('ann', 'mutation { progressSession(input: { id: "s-1", completed: ["parse"] }) { position } }');
    expect((await read('writer', id)).session).toEqual({
      id: 's-1',
      items: [
        { name: 'parse', status: 'NEXT' },
        { name: 'load', status: 'NEXT' },
      ],
    });
  });

  test('what was forgotten, or became private, since is not passed on any more', async () => {
    const [forgotten, closed, open] = await Promise.all(
      ['forgotten', 'closed', 'open'].map((text) => record('ann', text, forAll)),
    );
    const { id } = await offer({ memories: [forgotten, closed, open] });
    await world.data('ann', `mutation { forgetMemory(id: "${forgotten}") { position } }`);
    await world.data('ann', `mutation { reviseMemory(input: { id: "${closed}", scope: AGENT_PRIVATE }) { position } }`);
    const seen = await read('writer', id);
    expect(contents(seen)).toEqual(['open']);
    expect(seen.history[0].data).toMatchObject({ memories: [open], withheld: [] });
    expect(contents(await read('ann', id))).toEqual(['closed', 'open']);
    const accepted = await answer('writer', 'accept', { id });
    expect(contents(accepted.data.acceptHandoff.handoff)).toEqual(['open']);
  });

  test('what was shared only after the offer is not passed on by it', async () => {
    const id = await record('ann', 'still private');
    const { id: handoff } = await offer({ memories: [id] });
    await world.data(
      'ann',
      `mutation { reviseMemory(input: { id: "${id}", content: "public", scope: GLOBAL }) { position } }`,
    );
    const seen = await read('writer', handoff);
    expect(seen.memories).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain(id);
  });

  test('what has expired since is not passed on', async () => {
    const id = await record('ann', 'short-lived', { ...forAll, ttl: 10 });
    const { id: handoff } = await offer({ memories: [id] });
    world.pass(10_000);
    expect((await read('writer', handoff)).memories).toEqual([]);
  });
});

describe('withheld', () => {
  test('memories are told to the sender and the operator, and nobody else can tell there were any', async () => {
    const open = await record('ann', 'open', forAll);
    const secret = await record('ann', 'secret');
    const offered = await offer({ memories: [secret, open] });
    expect(offered.withheld).toEqual([secret]);
    expect(offered.history[0].data).toMatchObject({ memories: [secret, open], withheld: [secret] });
    expect((await read(operator, offered.id)).withheld).toEqual([secret]);
    const without = await offer({ memories: [open] });
    const received = await read('writer', offered.id);
    const { pinnedAt, ...compared } = await read('writer', without.id);
    const same = JSON.stringify(compared).replaceAll(without.id, offered.id).replaceAll(pinnedAt, received.pinnedAt);
    expect({ ...received, pinnedAt: undefined }).toEqual({ ...JSON.parse(same), pinnedAt: undefined });
  });
});

test('what the sender may not read any more is not told as withheld either', async () => {
  const secret = await record('ann', 'secret');
  const { id } = await offer({ memories: [secret] });
  await world.data('ann', 'mutation ($id: ID!) { forgetMemory(id: $id) { position } }', { id: secret });
  const kept = await read('ann', id);
  expect(kept.withheld).toEqual([]);
  expect(kept.history[0].data).toMatchObject({ memories: [], withheld: [] });
});

test('recall finds by meaning and words what both may read', async () => {
  const open = await record('bob', 'A good summary names its sources', forAll);
  await record('bob', 'the summary of a secret');
  await world.settled();
  const { memories } = await offer({ recall: 1 });
  expect(memories).toMatchObject([{ id: open }]);
});

describe('who sees it', () => {
  test('to all whom it does not concern it is like what never was', async () => {
    const { id } = await offer();
    for (const who of ['bob', { tenant: 'other', agent: 'writer' }, { tenant: 'other', agent: null }]) {
      expect(await read(who, id)).toBeNull();
      expect((await list(who)).totalCount).toBe(0);
      const { errors } = await answer(who, 'cancel', { id });
      const never = await answer(who, 'cancel', { id: '00000000-0000-7000-8000-000000000000' });
      expect(errors).toEqual(never.errors);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.id' });
    }
  });

  test('who left the team sees it no more, but who accepted it does', async () => {
    const [open, taken] = [await offer(), await offer()];
    await answer('writer', 'accept', { id: taken.id });
    await team('removeFromTeam', 'press', ['writer']);
    expect(await read('writer', open.id)).toBeNull();
    expect(await read('writer', taken.id)).toMatchObject({ acceptedBy: 'writer' });
    expect((await list('writer')).nodes).toEqual([{ id: taken.id, status: 'ACCEPTED' }]);
    expect((await list('editor')).totalCount).toBe(2);
  });
});

describe('lists', () => {
  test('have the caller’s, sent or to be received, newest first', async () => {
    const ids: string[] = [];
    for (const to of [{ team: 'press' }, { agent: 'writer' }, { agent: 'bob' }]) {
      world.pass(1_000);
      ids.unshift((await offer({ to })).id);
    }
    const listed = async (who: Who) => (await list(who)).nodes.map(({ id }: { id: string }) => id);
    expect(await listed('ann')).toEqual(ids);
    expect(await listed('writer')).toEqual(ids.slice(1));
    expect(await listed('editor')).toEqual(ids.slice(2));
    expect(await listed('bob')).toEqual(ids.slice(0, 1));
    expect(await listed(operator)).toEqual(ids);
    const first = await list('ann', '(first: 2)');
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await list('ann', `(first: 2, after: "${first.pageInfo.endCursor}")`);
    expect(second).toMatchObject({ nodes: [{ id: ids[2] }], pageInfo: { hasNextPage: false } });
  });

  test('by status, as the clock has it', async () => {
    const { id } = await offer({ ttl: 10 });
    const lasting = await offer();
    expect((await list('writer', '(status: OFFERED)')).totalCount).toBe(2);
    world.pass(10_000);
    expect((await list('writer', '(status: OFFERED)')).nodes).toEqual([{ id: lasting.id, status: 'OFFERED' }]);
    expect((await list('ann', '(status: EXPIRED)')).nodes).toEqual([{ id, status: 'EXPIRED' }]);
    expect((await read('writer', id)).status).toBe('EXPIRED');
    const { errors } = await answer('writer', 'accept', { id });
    expect(errors?.[0]?.message).toBe('the handoff expired at 2026-01-01T00:00:10.000Z');
  });
});

describe('bad input', () => {
  test.each([
    ['to two', { to: { agent: 'writer', team: 'press' } }, 'INVALID_INPUT', 'input.to'],
    ['to oneself', { to: { agent: 'ann' } }, 'INVALID_INPUT', 'input.to.agent'],
    ['to a team that is none', { to: { team: 'nobody' } }, 'NOT_FOUND', 'input.to.team'],
    ['of no task', { task: '' }, 'INVALID_INPUT', 'input.task'],
    ['with what one cannot read', { memories: ['nothing'] }, 'NOT_FOUND', 'input.memories.0'],
    ['with a session that is none', { session: 's-9' }, 'NOT_FOUND', 'input.session'],
    ['that recalls too much', { recall: 51 }, 'INVALID_INPUT', 'input.recall'],
    ['for no time', { ttl: 0 }, 'INVALID_INPUT', 'input.ttl'],
  ])('an offer %s is refused', async (_, more, code, field) => {
    const input = { to: { team: 'press' }, task: 'Write', ...more };
    const { errors } = await world.ask(
      'ann',
      'mutation($input: OfferHandoffInput!) { offerHandoff(input: $input) { position } }',
      {
        input,
      },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code, field });
  });

  test('a result before the end is refused', async () => {
    const { id } = await offer();
    const { errors } = await answer('writer', 'accept', { id, result: 'done' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'input.result' });
  });
});

test('the streams of many handoffs’ memories are each read once', async () => {
  const memories = await Promise.all(Array.from({ length: 5 }, (_, index) => record('ann', `m ${index}`, forAll)));
  for (let n = 0; n < 4; n++) await offer({ memories });
  await world.settled();
  world.calls.streams.length = 0;
  const { handoffs } = await world.data('writer', '{ handoffs { nodes { memories { content } } } }');
  expect(handoffs.nodes.map(({ memories: read }: { memories: unknown[] }) => read.length)).toEqual([5, 5, 5, 5]);
  expect(world.calls.streams).toHaveLength(5);
});
