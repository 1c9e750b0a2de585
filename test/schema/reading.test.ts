// Every way to read and to change, in the API's terms.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { administrator, openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const record = async (who: Who, input: object): Promise<string> => {
  const { recordMemory } = await world.data(
    who,
    'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }',
    { input: { scope: 'GLOBAL', ...input } },
  );
  return recordMemory.memory.id;
};

describe('a memory', () => {
  test('has all that it was given, and the defaults for the rest', async () => {
    const { recordMemory } = await world.data(
      'ann',
      `mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { duplicate position memory {
         version type content metadata namespace scope sharedWith { agents teams } agent author user session occurredAt createdAt updatedAt
         expiresAt deprecation { by } effectiveness { score confidence helpful harmful } votes { voter } lesson { trajectory } sources { message quote }
         history { event version by at data } } } }`,
      {
        input: {
          content: 'Whole',
          metadata: { a: { b: [1, null] } },
          user: 'user_1',
          session: 's1',
          occurredAt: '2025-12-31T23:30:00.5+01:30',
          ttl: 60,
          sources: [{ message: 'm1', quote: 'q' }],
        },
      },
    );
    expect(recordMemory.memory).toEqual({
      version: 0,
      type: 'STANDARD',
      content: 'Whole',
      metadata: { a: { b: [1, null] } },
      namespace: 'default',
      scope: 'AGENT_PRIVATE',
      sharedWith: { agents: [], teams: [] },
      agent: 'ann',
      author: 'ann',
      user: 'user_1',
      session: 's1',
      occurredAt: '2025-12-31T22:00:00.500Z',
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:01:00.000Z',
      deprecation: null,
      effectiveness: { score: 0, confidence: 0, helpful: 0, harmful: 0 },
      votes: [],
      lesson: null,
      sources: [{ message: 'm1', quote: 'q' }],
      history: [
        { event: 'memory.recorded', version: 0, by: 'ann', at: '2026-01-01T00:00:00.000Z', data: expect.any(Object) },
      ],
    });
  });

  test('is revised, deprecated, restored and forgotten; each answer is the memory after it', async () => {
    const id = await record('ann', { content: 'one', metadata: { keep: 1, drop: 2 } });
    const better = await record('ann', { content: 'better' });
    await world.settled();
    const change = async (field: string, type: string, input: object, wanted: string) => {
      const data = await world.data(
        'ann',
        `mutation ($input: ${type}!) { ${field}(input: $input) { memory { version ${wanted} } } }`,
        { input: { id, ...input } },
      );
      return data[field].memory;
    };
    expect(
      await change(
        'reviseMemory',
        'ReviseMemoryInput',
        { content: 'two', metadata: { drop: null }, expectedVersion: 0 },
        'content metadata',
      ),
    ).toEqual({
      version: 1,
      content: 'two',
      metadata: { keep: 1 },
    });
    expect(
      await change(
        'deprecateMemory',
        'DeprecateMemoryInput',
        { reason: 'old', supersededBy: better },
        'deprecation { by reason supersededBy { content } }',
      ),
    ).toEqual({ version: 2, deprecation: { by: 'ann', reason: 'old', supersededBy: { content: 'better' } } });
    expect(await change('restoreMemory', 'RestoreMemoryInput', {}, 'deprecation { by }')).toEqual({
      version: 3,
      deprecation: null,
    });
    const { forgetMemory } = await world.data(
      'ann',
      'mutation ($id: ID!) { forgetMemory(id: $id, expectedVersion: 3) { id position } }',
      { id },
    );
    expect(forgetMemory.id).toBe(id);
    const { memory } = await world.data(
      'ann',
      'query ($id: ID!, $minPosition: Position) { memory(id: $id, minPosition: $minPosition) { id } }',
      {
        id,
        minPosition: forgetMemory.position,
      },
    );
    expect(memory).toBeNull();
  });

  test('of another agent or tenant, or one that never was, is null', async () => {
    const id = await record('ann', { content: 'mine', scope: 'AGENT_PRIVATE' });
    await world.settled();
    const memory = async (who: Who, asked: string) =>
      await world.ask(who, 'query ($id: ID!) { memory(id: $id) { id } }', { id: asked });
    const nothing = { data: { memory: null } };
    expect(await memory('ann', id)).toEqual({ data: { memory: { id } } });
    expect(await memory('bob', id)).toEqual(nothing);
    expect(await memory({ tenant: 'other', agent: 'ann' }, id)).toEqual(nothing);
    expect(await memory({ tenant: 'other', agent: null }, id)).toEqual(nothing);
    expect(await memory('bob', 'never-was')).toEqual(nothing);
    expect(await memory(operator, id)).toEqual({ data: { memory: { id } } });
  });

  test("shows a caller its own votes, and the operator everybody's, newest first", async () => {
    const id = await record('ann', { content: 'voted' });
    for (const voter of ['bob', 'cid']) {
      world.pass(1_000);
      await world.data(
        voter,
        'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL, context: "so" }) { memory { id } } }',
        { id },
      );
    }
    await world.settled();
    const voters = async (who: Who) => {
      const { memory } = await world.data(
        who,
        'query ($id: ID!) { memory(id: $id) { votes { voter } effectiveness { helpful } } }',
        { id },
      );
      expect(memory.effectiveness.helpful).toBe(2);
      return memory.votes.map(({ voter }: { voter: string }) => voter);
    };
    expect(await voters('bob')).toEqual(['bob']);
    expect(await voters('ann')).toEqual([]);
    expect(await voters(operator)).toEqual(['cid', 'bob']);
  });
});

test('a batch is recorded in order, and its retry is answered alike', async () => {
  const batch = () =>
    world.data(
      'ann',
      'mutation { recordMemories(input: [{ content: "first" }, { content: "second" }], commandId: "batch") { position memories { id content } } }',
    );
  const { recordMemories } = await batch();
  expect(recordMemories.memories).toMatchObject([{ content: 'first' }, { content: 'second' }]);
  expect((await batch()).recordMemories).toEqual(recordMemories);
});

describe('lists', () => {
  const list = async (args: string, wanted = 'totalCount nodes { content }') =>
    (await world.data('lister', `{ memories(${args}) { ${wanted} } }`)).memories;
  const contents = async (filter: string) =>
    (await list(`filter: { namespaces: ["lists"], ${filter} }`)).nodes.map(
      ({ content }: { content: string }) => content,
    );

  beforeAll(async () => {
    for (let number = 1; number <= 5; number++) {
      world.pass(1_000);
      await record('lister', {
        content: `note ${number}`,
        namespace: 'lists',
        author: number % 2 === 0 ? 'even' : 'odd',
        metadata: { number, deep: { tags: [`tag${number}`] }, ...(number === 1 && { first: null }) },
      });
    }
    await world.settled();
  });

  test('are newest first, in pages that join without a gap', async () => {
    const wanted = 'totalCount nodes { content } edges { cursor node { content } } pageInfo { hasNextPage endCursor }';
    const page = await list('filter: { namespaces: "lists" }, first: 2', wanted);
    expect(page).toMatchObject({
      totalCount: 5,
      nodes: [{ content: 'note 5' }, { content: 'note 4' }],
      pageInfo: { hasNextPage: true },
    });
    expect(page.edges.at(-1).cursor).toBe(page.pageInfo.endCursor);
    const next = await list(`filter: { namespaces: "lists" }, first: 10, after: "${page.pageInfo.endCursor}"`, wanted);
    expect(next.nodes).toEqual([{ content: 'note 3' }, { content: 'note 2' }, { content: 'note 1' }]);
    expect(next.pageInfo.hasNextPage).toBe(false);
  });

  test.each<[filter: string, numbers: number[]]>([
    ['authors: ["even"]', [4, 2]],
    ['authors: []', []],
    ['authors: null', [5, 4, 3, 2, 1]],
    ['metadata: [{ key: "number", gte: 4 }]', [5, 4]],
    ['metadata: [{ key: "number", in: [1, 3] }]', [3, 1]],
    ['metadata: [{ key: "deep.tags", contains: "tag2" }]', [2]],
    ['metadata: [{ key: "first", exists: true }]', [1]],
    ['metadata: [{ key: "first", eq: null }]', [1]],
    ['metadata: [{ key: "number", ne: 1 }, { key: "number", lt: 3 }]', [2]],
    ['or: [{ metadata: { key: "number", eq: 1 } }, { metadata: { key: "number", eq: 5 } }]', [5, 1]],
    ['and: [{ authors: "odd" }, { not: { metadata: { key: "number", eq: 3 } } }]', [5, 1]],
    ['minEffectiveness: 0.1', []],
  ])('filter by %s', async (filter, numbers) => {
    expect(await contents(filter)).toEqual(numbers.map((number) => `note ${number}`));
  });

  test('leave deprecated ones out unless asked for', async () => {
    const { nodes } = await list('filter: { namespaces: "lists" }, first: 1', 'nodes { id }');
    await world.data('lister', 'mutation ($id: ID!) { deprecateMemory(input: { id: $id }) { position } }', {
      id: nodes[0].id,
    });
    await world.settled();
    expect(await contents('')).toHaveLength(4);
    expect(await contents('includeDeprecated: true')).toHaveLength(5);
  });
});

describe('many memories at once', () => {
  beforeAll(async () => {
    const sources: string[] = [];
    for (let number = 0; number < 10; number++)
      sources.push(await record('src', { content: `source ${number}`, namespace: 'sources' }));
    for (let number = 0; number < 20; number++)
      await record('src', {
        content: `derived ${number}`,
        namespace: 'derived',
        sources: sources.map((memory) => ({ memory })),
      });
    await world.settled();
  });
  beforeEach(() => {
    world.calls.get.length = 0;
    world.calls.streams.length = 0;
  });

  test('load what they were derived from in one go, each once', async () => {
    const { memories } = await world.data(
      'src',
      '{ memories(filter: { namespaces: "derived" }, first: 20) { nodes { sources { memory { content } } } } }',
    );
    expect(memories.nodes).toHaveLength(20);
    expect(memories.nodes[7].sources[3]).toEqual({ memory: { content: 'source 3' } });
    expect(world.calls.get.map((ids) => ids.length)).toEqual([10]);
  });

  test('load the next level in one more', async () => {
    await world.data(
      'src',
      '{ memories(filter: { namespaces: "derived" }, first: 20) { nodes { sources { memory { sources { memory { id } } deprecation { supersededBy { id } } } } } } }',
    );
    expect(world.calls.get).toHaveLength(1);
  });

  test('read each stream once for their histories', async () => {
    await world.data(
      'src',
      '{ memories(filter: { namespaces: "derived" }, first: 20) { nodes { history { event } again: history { at } } } }',
    );
    expect(world.calls.streams).toHaveLength(20);
    expect(new Set(world.calls.streams).size).toBe(20);
  });
});

describe('who there is', () => {
  test('teams come and go, and every agent of the tenant sees them', async () => {
    const { addToTeam } = await world.data(
      operator,
      'mutation { addToTeam(team: "red", agents: ["cid", "ann"]) { team { name members } } }',
    );
    expect(addToTeam.team).toEqual({ name: 'red', members: ['ann', 'cid'] });
    expect((await world.data('ann', '{ viewer { tenant role agent teams } }')).viewer).toEqual({
      tenant: 'acme',
      role: 'TENANT',
      agent: 'ann',
      teams: ['red'],
    });
    await world.data(operator, 'mutation { removeFromTeam(team: "red", agents: ["cid"]) { team { members } } }');
    expect((await world.data('bob', '{ teams { name members } }')).teams).toEqual([{ name: 'red', members: ['ann'] }]);
    expect((await world.data({ tenant: 'other', agent: 'ann' }, '{ teams { name } }')).teams).toEqual([]);
    expect((await world.ask(administrator, '{ teams { name } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test('keys are for the operator and the administrator, without hash or secret', async () => {
    const { issueKey } = await world.data(
      administrator,
      'mutation { issueKey(input: { tenant: "acme", role: AGENT, agent: "ann", label: "laptop", ttl: 60 }) { secret key { id } } }',
    );
    expect(issueKey.secret).toMatch(/^annals_/);
    const KEYS = '{ keys { id tenant role agent label createdAt expiresAt revokedAt } }';
    const { keys } = await world.data(operator, KEYS);
    expect(keys).toMatchObject([
      { id: issueKey.key.id, tenant: 'acme', role: 'AGENT', agent: 'ann', label: 'laptop', revokedAt: null },
    ]);
    expect((await world.data(administrator, KEYS)).keys).toEqual(keys);
    expect((await world.data({ tenant: 'other', agent: null }, KEYS)).keys).toEqual([]);
    expect((await world.ask('ann', KEYS)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const { revokeKey } = await world.data(operator, 'mutation ($id: ID!) { revokeKey(id: $id) { revokedAt } }', {
      id: issueKey.key.id,
    });
    expect(revokeKey.revokedAt).not.toBeNull();
  });

  test('the administrator is somebody, and reads no memories', async () => {
    expect((await world.data(administrator, '{ viewer { tenant role agent teams } }')).viewer).toEqual({
      tenant: null,
      role: 'ADMIN',
      agent: null,
      teams: [],
    });
    for (const query of [
      '{ memory(id: "x") { id } }',
      '{ memories { totalCount } }',
      '{ search(input: { query: "x" }) { took } }',
      '{ playbook(input: { query: "x" }) { position } }',
    ])
      expect((await world.ask(administrator, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
