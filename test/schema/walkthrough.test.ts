// The first day of a team of agents, in the API's own terms.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const record = (who: string, input: object) =>
  world.data(
    who,
    'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id version } position duplicate } }',
    { input },
  );

const found = async (who: string, query: string): Promise<string[]> => {
  const { search } = await world.data(
    who,
    'query ($query: String!) { search(input: { query: $query }) { hits { memory { content } score } position took } }',
    { query },
  );
  return search.hits.map((hit: { memory: { content: string } }) => hit.memory.content);
};

describe('three notes, two readers', () => {
  const PRIVATE = 'The margin of the launch is thin';
  const SHARED = 'The launch customer wants a discount';
  const GLOBAL = 'The launch is on Tuesday';

  beforeAll(async () => {
    await world.data(
      operator,
      'mutation { addToTeam(team: "sales", agents: ["sales-agent", "writer"]) { team { name members } } }',
    );
    await record('analyst', { content: PRIVATE });
    await record('sales-agent', { content: SHARED, scope: 'AGENT_SHARED' });
    await record('ops-agent', { content: GLOBAL, scope: 'GLOBAL' });
    await world.settled();
  });

  test('the writer, in a team with sales, finds the shared and the global one', async () => {
    expect((await found('writer', 'launch')).sort()).toEqual([SHARED, GLOBAL].sort());
  });

  test('the intern, in no team, finds the global one', async () => {
    expect(await found('intern', 'launch')).toEqual([GLOBAL]);
  });

  test('the analyst finds its own beside the global one', async () => {
    expect((await found('analyst', 'launch')).sort()).toEqual([PRIVATE, GLOBAL].sort());
  });

  test('each lists what it finds, and counts no more', async () => {
    const { memories } = await world.data('intern', '{ memories { totalCount nodes { content agent scope } } }');
    expect(memories).toEqual({ totalCount: 1, nodes: [{ content: GLOBAL, agent: 'ops-agent', scope: 'GLOBAL' }] });
  });
});

test('a lesson about silent CSV failures is in the playbook of whoever parses CSV', async () => {
  await world.data(
    'data-processor',
    `mutation ($input: RecordReflectionInput!) { recordReflection(input: $input) { memory { type lesson { errorPattern } } } }`,
    {
      input: {
        content: 'Parsing CSV files with a BOM fails silently',
        errorPattern: 'CSV parsing fails silently when the file begins with a BOM',
        correctApproach: 'Open with utf-8-sig',
        applicableContexts: ['csv', 'unicode', 'data-import', 'etl'],
      },
    },
  );
  await world.settled();
  const { playbook } = await world.data(
    'writer',
    `{ playbook(input: { query: "parsing CSV files from external sources", contexts: ["csv"] }) {
         entries { memory { type } lesson { correctApproach applicableContexts } score explain { decay effectiveness } } } }`,
  );
  expect(playbook.entries).toEqual([
    {
      memory: { type: 'REFLECTION' },
      lesson: { correctApproach: 'Open with utf-8-sig', applicableContexts: ['csv', 'unicode', 'data-import', 'etl'] },
      score: expect.any(Number),
      explain: { decay: 1, effectiveness: 0 },
    },
  ]);
});

test('qa-agent votes, votes again, changes its mind, and takes it back', async () => {
  const { recordMemory } = await record('ops-agent', { content: 'Restart the queue first', scope: 'GLOBAL' });
  const memory = recordMemory.memory.id;
  const vote = async (value: string) => {
    const { vote } = await world.data(
      'qa-agent',
      `mutation ($memory: ID!, $value: VoteValue!) { vote(input: { memory: $memory, value: $value, task: "outage" }) {
         memory { version effectiveness { score helpful harmful } votes { value } } } }`,
      { memory, value },
    );
    return vote.memory;
  };
  expect(await vote('HELPFUL')).toEqual({
    version: 1,
    effectiveness: { score: 0.5, helpful: 1, harmful: 0 },
    votes: [{ value: 'HELPFUL' }],
  });
  expect(await vote('HELPFUL')).toMatchObject({ effectiveness: { score: 0.5, helpful: 1, harmful: 0 } });
  expect(await vote('HARMFUL')).toMatchObject({ effectiveness: { score: -0.5, helpful: 0, harmful: 1 } });
  const { retractVote } = await world.data(
    'qa-agent',
    'mutation ($memory: ID!) { retractVote(input: { memory: $memory, task: "outage" }) { memory { effectiveness { score } votes { value } } } }',
    { memory },
  );
  expect(retractVote.memory).toEqual({ effectiveness: { score: 0 }, votes: [] });
});

test('what was recorded about a person answers a question about them', async () => {
  await record('analyst', { content: 'User prefers Python and works at a fintech startup', user: 'user_42' });
  await world.settled();
  const { search } = await world.data(
    'analyst',
    `{ search(input: { query: "What programming language does the user prefer?", filter: { users: ["user_42"] } }) {
         hits { memory { content user } explain { matchedTerms } } } }`,
  );
  expect(search.hits).toEqual([
    {
      memory: { content: 'User prefers Python and works at a fintech startup', user: 'user_42' },
      explain: { matchedTerms: ['user', 'prefer'] },
    },
  ]);
});
