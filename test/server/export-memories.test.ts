// The export of memories shows no name of a memory that its reader may not read.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator, startTestApp, type TestApp, type Who } from '../support/app.ts';

let server: TestApp;
let secret: string;
let shared: string;

beforeAll(async () => {
  server = await startTestApp();
  const record = async (input: object): Promise<string> => {
    const { data } = await server.ask(
      'ann',
      'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }',
      { input: { scope: 'GLOBAL', ...input } },
    );
    return data.recordMemory.memory.id;
  };
  secret = await record({ content: 'a secret', scope: 'AGENT_PRIVATE' });
  const sources = [{ memory: secret }, { memory: secret, quote: 'a part' }, { message: 'm1' }];
  shared = await record({ content: 'shared', sources });
  await server.ask('ann', 'mutation ($input: DeprecateMemoryInput!) { deprecateMemory(input: $input) { position } }', {
    input: { id: shared, supersededBy: secret },
  });
  await server.settled();
});
afterAll(() => server.close());

async function lines(who: Who) {
  const response = await server.request(who, '/export?format=memories');
  const text = await response.text();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const part = { memory: null, message: null, session: null, quote: 'a part' };
const message = { memory: null, message: 'm1', session: null, quote: null };

test('an agent learns neither the name of what it may not read nor how much there is of it', async () => {
  const [line, ...others] = await lines('bob');
  expect(others).toEqual([]);
  expect(line).toMatchObject({ id: shared, sources: [part, message], deprecation: { supersededBy: null } });
  expect(JSON.stringify(line)).not.toContain(secret);
});

test.each<[who: Who]>([['ann'], [operator]])('whoever may read it has all', async (who) => {
  const line = (await lines(who)).find(({ id }) => id === shared);
  expect(line.deprecation.supersededBy).toBe(secret);
  expect(line.sources).toMatchObject([{ memory: secret }, { memory: secret, quote: 'a part' }, message]);
});

test('and so it is in the API', async () => {
  const { data } = await server.ask(
    'bob',
    'query ($id: ID!) { memory(id: $id) { sources { memory { id } quote message } history { data } } }',
    { id: shared },
  );
  expect(data.memory.sources).toEqual([
    { memory: null, quote: 'a part', message: null },
    { memory: null, quote: null, message: 'm1' },
  ]);
  expect(data.memory.history[0].data.sources).toEqual([part, message]);
});
