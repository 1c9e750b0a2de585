// Receipts: a search that was kept, and asked again.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { administrator, operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { minute } from '../support/fixtures.ts';

let server: TestApp;
let now: string;

beforeEach(async () => {
  now = minute(0);
  server = await startTestApp({ clock: () => new Date(now) });
});
afterEach(() => server.close());

const RECORD = `mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }`;
const SEARCH = `query ($input: SearchInput!) { search(input: $input) { position receipt hits { score memory { id } explain { coverage } } } }`;
const WHY = `query ($id: ID!) { why(receipt: $id) {
  id position at by input same
  returned { id score explain { coverage similarity matchedTerms } memory { content } }
  replayed { id score memory { content } } } }`;

async function record(content: string, input: object = {}): Promise<string> {
  const { data } = await server.ask('ann', RECORD, { input: { content, scope: 'GLOBAL', ...input } });
  return data.recordMemory.memory.id;
}
const search = async (who: Who, input: object = {}) =>
  (await server.ask(who, SEARCH, { input: { query: 'broken parsers', receipt: true, ...input } })).data.search;
const why = async (who: Who, id: string) => (await server.ask(who, WHY, { id })).data.why;

test('tells what was asked, by whom, and what came back; asked again it is the same, whatever was written since', async () => {
  const one = await record('parsers are broken by a mark');
  const two = await record('parsers are fed');
  now = minute(5);
  const asked = await search('bob', { decay: true, effectivenessWeight: 0.5, filter: { types: ['STANDARD'] } });
  expect(asked.hits.map(({ memory }: { memory: { id: string } }) => memory.id)).toEqual([one, two]);
  now = minute(9);
  await record('broken parsers, broken parsers');
  await server.ask('ann', 'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "nothing" }) { position } }', {
    id: two,
  });
  await server.settled();
  const told = await why('bob', asked.receipt);
  expect(told).toMatchObject({
    id: asked.receipt,
    position: asked.position,
    at: minute(5),
    by: 'bob',
    input: {
      query: 'broken parsers',
      first: 10,
      decay: true,
      effectivenessWeight: 0.5,
      filter: { types: ['STANDARD'] },
    },
    same: true,
    returned: [
      {
        id: one,
        memory: { content: 'parsers are broken by a mark' },
        explain: { matchedTerms: ['broken', 'parsers'] },
      },
      { id: two, memory: { content: 'parsers are fed' } },
    ],
  });
  expect(told.returned.map(({ score }: { score: number }) => score)).toEqual(
    asked.hits.map(({ score }: { score: number }) => score),
  );
  expect(told.replayed).toEqual(
    told.returned.map(({ id, score, memory }: { id: string; score: number; memory: object }) => ({
      id,
      score: expect.closeTo(score, 3),
      memory,
    })),
  );
  expect(await why('bob', asked.receipt)).toEqual(told);
});

test('a memory forgotten since is named and not shown, and the answer is still the same', async () => {
  const [gone, left] = [await record('parsers are broken by a mark'), await record('parsers are fed')];
  const { receipt } = await search('bob');
  await server.ask('ann', 'mutation ($id: ID!) { forgetMemory(id: $id) { id } }', { id: gone });
  await server.settled();
  const told = await why('bob', receipt);
  expect(told.same).toBe(true);
  for (const hits of [told.returned, told.replayed])
    expect(hits).toMatchObject([
      { id: gone, memory: null },
      { id: left, memory: { content: 'parsers are fed' } },
    ]);
});

test('is for who asked, and for the operator; for others there is none', async () => {
  await record('parsers');
  const { receipt } = await search('bob');
  expect((await why('bob', receipt)).by).toBe('bob');
  expect((await why(operator, receipt)).by).toBe('bob');
  expect(await why('ann', receipt)).toBeNull();
  expect(await why('bob', 'never')).toBeNull();
  expect((await server.ask(administrator, WHY, { id: receipt })).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  const { secret } = await server.issueKey({ role: 'TENANT', tenant: 'other' });
  expect(await why({ key: secret }, receipt)).toBeNull();
});

test('what the asker could read then is replayed with its rights of then, and what it may not read now is not shown', async () => {
  const team = (verb: string) => `mutation { ${verb}(team: "press", agents: ["ann", "bob"]) { position } }`;
  await server.ask(operator, team('addToTeam'));
  const id = await record('parsers are broken', { scope: 'AGENT_SHARED' });
  const { receipt, hits } = await search('bob');
  expect(hits).toHaveLength(1);
  await server.ask(operator, team('removeFromTeam'));
  expect(await why('bob', receipt)).toMatchObject({ same: true, returned: [{ id, memory: null }] });
  expect(await why(operator, receipt)).toMatchObject({
    same: true,
    returned: [{ id, memory: { content: 'parsers are broken' } }],
  });
});

test('a receipt of a past answer is replayed at that past', async () => {
  const id = await record('parsers are broken');
  const position = await server.log.head();
  await record('broken parsers');
  const asked = await search('bob', { asOf: { position } });
  expect(asked).toMatchObject({ position, hits: [{ memory: { id } }] });
  expect(await why('bob', asked.receipt)).toMatchObject({ position, same: true, returned: [{ id }] });
});

test('none is kept unless it was asked for, and its event tells nothing of a memory but its id', async () => {
  await record('parsers eat secrets');
  const before = await server.log.head();
  expect((await search('bob', { receipt: false })).receipt).toBeNull();
  expect(await server.log.head()).toBe(before);
  await search('bob');
  const { events } = await server.log.read({ after: before, limit: 10 });
  expect(events.map(({ type }) => type)).toEqual(['search.kept']);
  expect(JSON.stringify(events)).not.toContain('secrets');
});
