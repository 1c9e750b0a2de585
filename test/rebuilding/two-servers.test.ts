// Two servers on one Elasticsearch: either rebuilds the views, and both go on answering.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { memoryStorage, openMemoryLog } from '../support/memory-log.ts';
import { openElastic } from '../views/elastic-open.ts';
import { ask, carryOut, notes, record } from './stage.ts';

const DIMENSIONS = 64;
const TOTAL = 'query ($at: Position) { memories(first: 1, minPosition: $at) { totalCount } }';
const SEARCH = `query ($query: String!) { search(input: { query: $query, first: 5 }) { hits { memory { id } } } }`;
const RECORD = `mutation ($content: String!) {
  recordMemory(input: { content: $content, scope: GLOBAL }) { position memory { id } } }`;
const MEMORY = 'query ($at: Position!, $id: ID!) { memory(id: $id, minPosition: $at) { id } }';

describe.skipIf(elasticsearchUrl === undefined)('on Elasticsearch', () => {
  let prefix: string;
  let storage: ReturnType<typeof memoryStorage>;
  let servers: TestApp[];

  beforeEach(() => {
    [prefix, storage, servers] = [randomPrefix(), memoryStorage(), []];
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    await removeIndices(prefix);
  });

  async function start(model = 'hashed-words'): Promise<TestApp> {
    const embedder = createHashEmbedder({ model, dimensions: DIMENSIONS });
    const signature = { projections: 1, model, dimensions: DIMENSIONS };
    const builds = await openElastic(prefix, { signature, canCarryOn: () => true });
    const server = await startTestApp({ log: openMemoryLog(storage), views: builds.views, builds, embedder });
    servers.push(server);
    return server;
  }

  test.each([0, 1])(
    'rebuilt through either, switched back through the other (%i), with readers and writers on both',
    async (n) => {
      const all = [await start(), await start()];
      const [asked, other] = n === 0 ? [all[0], all[1]] : [all[1], all[0]];
      if (asked === undefined || other === undefined) throw new Error('there are two');
      await record(asked, notes(0, 60));
      await asked.settled();

      let over = false;
      let written = 0;
      const failures: unknown[] = [];
      async function readOn(server: TestApp): Promise<void> {
        while (!over) {
          const { data, errors } = await server.ask(operator, SEARCH, { query: 'garden of room 2' });
          if (errors !== undefined || data.search.hits.length === 0) failures.push({ data, errors });
        }
      }
      async function writeOn(server: TestApp): Promise<void> {
        while (!over) {
          written += 1;
          const recorded = await server.ask('writer', RECORD, { content: `written ${written} meanwhile` });
          const made = recorded.data?.recordMemory;
          const found = await server.ask(operator, MEMORY, { at: made?.position, id: made?.memory.id });
          // It may take over two seconds where a lease has to change hands.
          const known = found.errors?.every(({ extensions }) => extensions.code === 'INDEX_BEHIND') ?? true;
          if (recorded.errors !== undefined || !known) failures.push({ recorded, found });
        }
      }
      const busy = all.flatMap((server) => [readOn(server), writeOn(server)]);
      try {
        expect(await carryOut(asked, 'start')).toMatchObject({ result: 'SWITCHED', reason: null });
        await vi.waitFor(async () =>
          expect((await ask(other, 'status')).serving.id).toBe((await ask(asked, 'status')).serving.id),
        );
        expect(await carryOut(other, 'back')).toMatchObject({ result: 'SWITCHED', reason: null });
      } finally {
        over = true;
        await Promise.all(busy);
      }
      expect(failures).toEqual([]);
      const at = await asked.log.head();
      for (const server of all) {
        await vi.waitFor(async () => {
          const { data } = await server.ask(operator, TOTAL, { at });
          expect(data?.memories.totalCount).toBe(60 + written);
        }, 20_000);
        const { data } = await server.ask(operator, '{ verify { matches } }');
        expect(data.verify.matches).toBe(true);
      }
    },
    180_000,
  );

  test('with another embedder the server that projects makes others, and answers by words until then', async () => {
    const before = await start();
    await record(before, notes(0, 20));
    await before.settled();
    await before.close();
    const server = await start('other-words');
    await vi.waitFor(async () => expect(await ask(server, 'status')).toMatchObject({ result: 'SWITCHED' }), 60_000);
    expect(await ask(server, 'status')).toMatchObject({
      comparison: { byWords: true, questions: 20, same: 20 },
      serving: { model: 'other-words' },
      previous: { model: 'hashed-words' },
    });
    const { data } = await server.ask(operator, SEARCH, { query: 'garden of room 2' });
    expect(data.search.hits.length).toBeGreaterThan(0);
  }, 120_000);
});
