// The order of a playbook, over real events.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../schema/world.ts';

let world: World;
const ids = new Map<string, string>();

const learn = async (content: string, given: object = {}) => {
  const { recordReflection } = await world.data(
    'ann',
    'mutation ($input: RecordReflectionInput!) { recordReflection(input: $input) { memory { id } } }',
    { input: { content, ...given } },
  );
  ids.set(content, recordReflection.memory.id);
};

const vote = async (content: string, value: string, voters: number) => {
  for (let voter = 0; voter < voters; voter++)
    await world.data(`voter-${voter}`, 'mutation ($input: VoteInput!) { vote(input: $input) { position } }', {
      input: { memory: ids.get(content), value },
    });
};

const playbook = async (input: object = {}) => {
  const { playbook } = await world.data(
    'bob',
    `query ($input: PlaybookInput!) { playbook(input: $input) {
       entries { memory { content type } score explain { similarity coverage decay effectiveness } } } }`,
    { input: { query: 'how to import the data of a customer', ...input } },
  );
  return playbook.entries;
};
const contents = async (input: object = {}) =>
  (await playbook(input)).map(({ memory }: { memory: { content: string } }) => memory.content);

beforeAll(async () => {
  world = await openWorld();
  await learn('Import the data of a customer over night');
  world.pass(60 * 86_400_000);
  await learn('Import the data of a customer in one go');
  await learn('Import the data of a customer in parts');
  await learn('Import the data of a customer by hand');
  await learn('Import the data of a customer twice', { applicableContexts: ['csv'] });
  await learn('Import the data of a customer slowly', { applicableContexts: ['xml'], type: 'STRATEGY' });
  await vote('Import the data of a customer in one go', 'HARMFUL', 30);
  await vote('Import the data of a customer in parts', 'HELPFUL', 30);
  await vote('Import the data of a customer by hand', 'HELPFUL', 1);
  await world.data(
    'ann',
    'mutation { recordMemory(input: { content: "Import the data of a customer", scope: GLOBAL }) { position } }',
  );
  await world.settled();
});
afterAll(() => world.close());

test('what is proven to help is first, and what is proven to harm is last, though it fits as well', async () => {
  const order = await contents({ contexts: ['none'] });
  expect(order).toEqual([
    'Import the data of a customer in parts',
    'Import the data of a customer by hand',
    'Import the data of a customer over night',
    'Import the data of a customer in one go',
  ]);
});

test('only lessons are in it', async () => {
  const types = (await playbook()).map(({ memory }: { memory: { type: string } }) => memory.type);
  expect(new Set(types)).toEqual(new Set(['REFLECTION', 'STRATEGY']));
  expect(await contents({ types: ['STRATEGY'] })).toEqual(['Import the data of a customer slowly']);
  expect(await contents({ types: [] })).toEqual([]);
});

test('contexts keep lessons for one of them, and lessons for everything', async () => {
  const csv = await contents({ contexts: ['csv', 'etl'] });
  expect(csv).toContain('Import the data of a customer twice');
  expect(csv).not.toContain('Import the data of a customer slowly');
  expect(csv).toContain('Import the data of a customer by hand');
});

test('minEffectiveness leaves out what is voted below it', async () => {
  expect(await contents({ minEffectiveness: 0.9 })).toEqual(['Import the data of a customer in parts']);
  expect(await contents({ minEffectiveness: 0 })).not.toContain('Import the data of a customer in one go');
});

test('each score is fit × (1 + effectiveness) × decay', async () => {
  const entries = await playbook();
  for (const { score, explain } of entries) {
    const fit = Math.max(0, explain.similarity) + 4 * explain.coverage ** 2;
    expect(score).toBeCloseTo(fit * (1 + explain.effectiveness) * explain.decay, 12);
  }
  expect(entries.some(({ explain }: { explain: { decay: number } }) => explain.decay === 0.5)).toBe(true);
});

test('a lesson is found by what it says of the error, the approach and the contexts', async () => {
  await learn('It went wrong', {
    errorPattern: 'silent byte order mark',
    correctApproach: 'Detect the encoding first',
    applicableContexts: ['spreadsheet'],
  });
  await world.settled();
  for (const query of ['byte order mark', 'detect encodings', 'spreadsheets']) {
    const [best] = await playbook({ query });
    expect(best).toMatchObject({ memory: { content: 'It went wrong' }, explain: { coverage: expect.any(Number) } });
    expect(best.explain.coverage).toBeGreaterThan(0);
  }
});

test('first cuts after the order is made', async () => {
  const all = await contents();
  expect(await contents({ first: 2 })).toEqual(all.slice(0, 2));
});
