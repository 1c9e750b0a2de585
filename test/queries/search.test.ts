import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import { openWorld, type World } from '../schema/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  const contents = ['red apples are sweet', 'green apples are sour', 'pears are soft', 'ships sail the sea'];
  for (const content of contents)
    await world.data('ann', 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position } }', {
      input: { content, scope: 'GLOBAL', type: 'EPISODIC' },
    });
  await world.settled();
});
afterAll(() => world.close());
afterEach(() => world.embedder.failWith(null));

type Hit = { memory: { id: string; content: string }; score: number; explain: Record<string, number> };
const ask = (input: object) =>
  world.ask(
    'bob',
    `query ($input: SearchInput!) { search(input: $input) { position took
       hits { memory { id content } score explain { similarity coverage matchedTerms passage decay effectiveness } } } }`,
    { input: { query: 'sweet apples', ...input } },
  );
const search = async (input: object = {}): Promise<Hit[]> => (await ask(input)).data.search.hits;
const contents = async (input: object) => (await search(input)).map(({ memory }) => memory.content);

describe('modes', () => {
  test('HYBRID adds the words squared to the meaning', async () => {
    const hits = await search();
    expect(hits[0]?.memory.content).toBe('red apples are sweet');
    for (const { score, explain } of hits)
      expect(score).toBeCloseTo((explain.similarity ?? 0) + 4 * (explain.coverage ?? 0) ** 2, 12);
  });

  test('SEMANTIC is the meaning alone, and ranks all there is', async () => {
    const hits = await search({ mode: 'SEMANTIC' });
    expect(hits).toHaveLength(4);
    for (const { score, explain } of hits) expect([score, explain.coverage]).toEqual([explain.similarity, null]);
  });

  test('KEYWORD is the words alone: what has none of them is no hit, and the embedder is not asked', async () => {
    const calls = world.embedder.calls();
    const hits = await search({ mode: 'KEYWORD' });
    expect(hits.map(({ memory }) => memory.content)).toEqual(['red apples are sweet', 'green apples are sour']);
    for (const { score, explain } of hits) expect([score, explain.similarity]).toEqual([explain.coverage, null]);
    expect(world.embedder.calls()).toBe(calls);
  });

  test('first is how many', async () => {
    expect(await search({ mode: 'SEMANTIC', first: 2 })).toHaveLength(2);
  });
});

describe('minScore', () => {
  test('SEMANTIC drops what is less near; HYBRID keeps it when it has the words, and counts these alone', async () => {
    expect(await contents({ mode: 'SEMANTIC', minScore: 0.15 })).toEqual([
      'red apples are sweet',
      'green apples are sour',
    ]);
    const hits = await search({ minScore: 1 });
    expect(hits.map(({ memory }) => memory.content)).toEqual(['red apples are sweet', 'green apples are sour']);
    for (const { score, explain } of hits) expect(score).toBeCloseTo(4 * (explain.coverage ?? 0) ** 2, 12);
  });
});

describe('the embedder is away', () => {
  test('HYBRID falls back to the words', async () => {
    world.embedder.failWith(failure('UNAVAILABLE', 'the embedder is away'));
    const hits = await search();
    expect(hits.map(({ explain }) => explain.similarity)).toEqual([null, null]);
    expect(hits[0]?.memory.content).toBe('red apples are sweet');
  });

  test('SEMANTIC says so', async () => {
    world.embedder.failWith(failure('UNAVAILABLE', 'the embedder is away'));
    expect((await ask({ mode: 'SEMANTIC' })).errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
  });

  test('a fault of another kind is not taken for absence', async () => {
    world.embedder.failWith(new TypeError('a bug'));
    expect((await ask({})).errors?.[0]?.extensions.code).toBe('INTERNAL');
  });
});

describe('weights', () => {
  test('effectiveness raises what helped and sinks what harmed, by the weight', async () => {
    const [apples, sour] = await search();
    await world.data('bob', 'mutation ($input: VoteInput!) { vote(input: $input) { position } }', {
      input: { memory: sour?.memory.id, value: 'HELPFUL' },
    });
    await world.settled();
    const hits = await search({ effectivenessWeight: 10 });
    const weighed = hits.find(({ memory }) => memory.id === sour?.memory.id);
    expect(weighed?.explain.effectiveness).toBe(0.5);
    expect(weighed?.score).toBeCloseTo((sour?.score ?? 0) * (1 + 10 * 0.5), 12);
    expect(hits.find(({ memory }) => memory.id === apples?.memory.id)?.score).toBe(apples?.score);
    expect(hits[0]?.memory.id).toBe(sour?.memory.id);
    expect((await search())[0]?.explain.effectiveness).toBeNull();
  });

  test('decay halves an episode in a week', async () => {
    const [fresh] = await search();
    world.pass(7 * 86_400_000);
    const [aged] = await search({ decay: true });
    expect(aged?.explain.decay).toBe(0.5);
    expect(aged?.score).toBeCloseTo((fresh?.score ?? 0) / 2, 12);
    expect((await search())[0]?.score).toBe(fresh?.score);
  });

  test('more candidates are looked at when age and votes re-rank them', async () => {
    const limits: number[] = [];
    const { search: real } = world.views;
    world.views.search = (query) => {
      limits.push(query.limit);
      return real(query);
    };
    for (const input of [{}, { first: 80 }, { decay: true }, { first: 100, effectivenessWeight: 1 }]) await ask(input);
    world.views.search = real;
    expect(limits).toEqual([50, 80, 200, 400]);
  });
});

describe('minPosition', () => {
  test('what was just written is found, with its vector', async () => {
    const { recordMemory } = await world.data(
      'bob',
      'mutation { recordMemory(input: { content: "sweet cherries" }) { position memory { id } } }',
    );
    const [hit] = await search({ query: 'cherries', minPosition: recordMemory.position });
    expect(hit?.memory.id).toBe(recordMemory.memory.id);
    expect(hit?.explain.similarity).toBeGreaterThan(0);
  });

  test('views that do not come to it in time: INDEX_BEHIND, with the field', async () => {
    const head = await world.log.head();
    const { waitFor } = world.projector;
    world.projector.waitFor = async () => false;
    const { errors } = await ask({ minPosition: head });
    world.projector.waitFor = waitFor;
    expect(errors?.[0]?.extensions).toEqual({ code: 'INDEX_BEHIND', field: 'input.minPosition', limit: 2_000 });
  });
});

test('a view that gives what it should not is not believed', async () => {
  const { search: real } = world.views;
  world.views.search = async (query) => {
    const page = await real(query);
    const [first] = page.candidates;
    if (!first) return page;
    const foreign = { ...first, memory: { ...first.memory, id: 'foreign', tenant: 'other' } };
    const hidden = { ...first, memory: { ...first.memory, id: 'hidden', scope: 'AGENT_PRIVATE' as const } };
    return { ...page, candidates: [foreign, hidden, ...page.candidates] };
  };
  const hits = await search();
  world.views.search = real;
  expect(hits.map(({ memory }) => memory.id)).not.toContain('foreign');
  expect(hits.map(({ memory }) => memory.id)).not.toContain('hidden');
});
