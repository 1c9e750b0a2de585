// Who sees which events: of one memory, and of the whole log.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { administrator, openWorld, operator, type Who, type World } from '../schema/world.ts';

let world: World;
let secret: string;
let idea: string;
let plain: string;

const mutate = async (who: Who, field: string, input: object, wanted = 'memory { id }') => {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const data = await world.data(who, `mutation ($input: ${type}!) { ${field}(input: $input) { ${wanted} } }`, {
    input,
  });
  return data[field];
};

beforeAll(async () => {
  world = await openWorld();
  await world.data(operator, 'mutation { addToTeam(team: "red", agents: ["ann", "bob"]) { position } }');
  await mutate(administrator, 'issueKey', { tenant: 'acme', role: 'AGENT', agent: 'ann', label: 'for ann' }, 'secret');
  secret = (await mutate('ann', 'recordMemory', { content: 'a secret' })).memory.id;
  idea = (await mutate('ann', 'recordMemory', { content: 'a draft', sources: [{ memory: secret, quote: 'draft' }] }))
    .memory.id;
  await mutate('ann', 'reviseMemory', { id: idea, content: 'a clean copy', scope: 'GLOBAL' });
  await mutate('bob', 'vote', { memory: idea, value: 'HELPFUL', task: 't' }, 'position');
  await mutate('cid', 'vote', { memory: idea, value: 'HARMFUL', task: 't' }, 'position');
  plain = (
    await mutate('bob', 'recordMemory', { content: 'in the open', scope: 'GLOBAL', sources: [{ memory: idea }] })
  ).memory.id;
  await mutate('ann', 'deprecateMemory', { id: idea, reason: 'old', supersededBy: secret });
  await world.settled();
});
afterAll(() => world.close());

type Event = { type: string; version: number; data: Record<string, unknown>; by: string; position: string };

const history = async (who: Who, id: string): Promise<(Event & { event: string })[]> => {
  const { memory } = await world.data(
    who,
    'query ($id: ID!) { memory(id: $id) { history { event version by data position at } } }',
    { id },
  );
  return memory?.history;
};
const events = async (who: Who, args: object = {}): Promise<Event[]> => {
  const { events } = await world.data(
    who,
    `query ($after: Position, $types: [String!], $stream: String, $first: Int) {
       events(after: $after, types: $types, stream: $stream, first: $first) {
         nodes { id type version data by position stream at correlationId causationId metadata } pageInfo { hasNextPage endCursor } } }`,
    args,
  );
  return events.nodes;
};
const types = (list: { type?: string; event?: string }[]) => list.map(({ type, event }) => type ?? event);

describe('history', () => {
  test('the owner sees every event of its memory, but no vote of others', async () => {
    expect(types(await history('ann', idea))).toEqual([
      'memory.recorded',
      'memory.revised',
      'memory.shared',
      'memory.deprecated',
    ]);
  });

  test('a voter sees its own vote', async () => {
    const seen = await history('cid', idea);
    expect(types(seen)).toEqual(['memory.shared', 'memory.voted', 'memory.deprecated']);
    expect(seen[1]?.data).toMatchObject({ voter: 'cid', value: 'HARMFUL' });
  });

  test('the operator sees all', async () => {
    expect(types(await history(operator, idea))).toEqual([
      'memory.recorded',
      'memory.revised',
      'memory.shared',
      'memory.voted',
      'memory.voted',
      'memory.deprecated',
    ]);
  });

  test('what was written while it was private stays so when it is shared', async () => {
    const text = JSON.stringify(await history('bob', idea));
    expect(text).not.toContain('draft');
    expect(text).not.toContain('a clean copy');
  });

  test('a memory that may not be read has no name in it', async () => {
    expect(JSON.stringify(await history('bob', idea))).not.toContain(secret);
    expect((await history('ann', idea)).at(-1)?.data).toEqual({ reason: 'old', supersededBy: secret });
    expect((await history('bob', plain))[0]?.data).toMatchObject({ sources: [{ memory: idea }] });
  });
});

describe('events', () => {
  test('an agent sees those of the memories that it may read', async () => {
    expect(types(await events('bob'))).toEqual([
      'memory.shared',
      'memory.voted',
      'memory.recorded',
      'memory.deprecated',
    ]);
    expect(types(await events('dee'))).toEqual(['memory.shared', 'memory.recorded', 'memory.deprecated']);
  });

  test('the operator sees teams and keys, too; a key without its hash', async () => {
    const seen = await events(operator);
    expect(new Set(types(seen))).toEqual(
      new Set([
        'team.joined',
        'key.issued',
        'memory.recorded',
        'memory.revised',
        'memory.shared',
        'memory.voted',
        'memory.deprecated',
      ]),
    );
    const issued = seen.find(({ type }) => type === 'key.issued');
    expect(issued?.data).toEqual({ role: 'AGENT', agent: 'ann', label: 'for ann', expiresAt: null });
    expect(JSON.stringify(seen)).not.toContain('hash');
  });

  test('the administrator sees keys alone', async () => {
    expect(types(await events(administrator))).toEqual(['key.issued']);
    expect(await events(administrator, { stream: `memory-acme+${idea}` })).toEqual([]);
  });

  test('another tenant sees nothing of it', async () => {
    for (const agent of [null, 'ann']) {
      expect(await events({ tenant: 'other', agent })).toEqual([]);
      expect(await events({ tenant: 'other', agent }, { stream: `memory-acme+${plain}` })).toEqual([]);
    }
  });

  test('by type', async () => {
    expect(types(await events('bob', { types: ['memory.voted'] }))).toEqual(['memory.voted']);
    expect(await events('bob', { types: ['key.issued', 'nothing'] })).toEqual([]);
    expect(await events('bob', { types: [] })).toEqual([]);
  });

  test('of one stream, with the same rights', async () => {
    expect(types(await events('ann', { stream: `memory-acme+${idea}` }))).toEqual(types(await history('ann', idea)));
    expect(await events('bob', { stream: `memory-acme+${secret}` })).toEqual([]);
    expect(await events('bob', { stream: 'memory-acme+never-was' })).toEqual([]);
    expect(await events('bob', { stream: 'team-acme+red' })).toEqual([]);
    expect(await events('bob', { stream: 'no stream' })).toEqual([]);
    expect(types(await events(operator, { stream: 'team-acme+red' }))).toEqual(['team.joined']);
  });

  test('page by page they are the same, with nothing twice', async () => {
    for (const who of ['ann', 'bob', 'dee', operator] satisfies Who[]) {
      const pages: Event[] = [];
      let after: string | null = null;
      for (let more = true; more; ) {
        const { events: page }: { events: { nodes: Event[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
          await world.data(
            who,
            'query ($after: Position) { events(after: $after, first: 1) { nodes { type version data by position } pageInfo { hasNextPage endCursor } } }',
            { after },
          );
        pages.push(...page.nodes);
        after = page.pageInfo.endCursor;
        more = page.pageInfo.hasNextPage;
      }
      expect(pages.map(({ position }) => position)).toEqual((await events(who)).map(({ position }) => position));
    }
  });

  test('after the forgetting no agent sees any, and the operator all', async () => {
    const { recordMemory } = await world.data(
      'ann',
      'mutation { recordMemory(input: { content: "gone", scope: GLOBAL }) { memory { id } } }',
    );
    const stream = `memory-acme+${recordMemory.memory.id}`;
    await world.data('ann', 'mutation ($id: ID!) { forgetMemory(id: $id, reason: "wrong") { id position } }', {
      id: recordMemory.memory.id,
    });
    await world.settled();
    expect(await events('ann', { stream })).toEqual([]);
    expect(types(await events(operator, { stream }))).toEqual(['memory.recorded', 'memory.forgotten']);
  });
});

test('a long log of what is not visible is passed in steps, each of bounded work', async () => {
  const other = await openWorld();
  const batch = Array.from({ length: 100 }, (_, index) => ({ content: `note ${index}` }));
  for (let round = 0; round < 11; round++)
    await other.data('ann', 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }', {
      input: batch,
    });
  await other.data('ann', 'mutation { recordMemory(input: { content: "open", scope: GLOBAL }) { position } }');
  const page = async (after: string | null) =>
    (
      await other.data(
        'bob',
        'query ($after: Position) { events(after: $after) { nodes { type } pageInfo { hasNextPage endCursor } } }',
        { after },
      )
    ).events;
  const first = await page(null);
  expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
  expect(other.calls.streams.length).toBeLessThanOrEqual(1_000);
  expect(await page(first.pageInfo.endCursor)).toMatchObject({
    nodes: [{ type: 'memory.recorded' }],
    pageInfo: { hasNextPage: false },
  });
  await other.close();
});
