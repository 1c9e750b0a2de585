// From one machine to many: what a server of the embedded profile exports, imported into EventStoreDB.
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { importEvents } from '../../src/importing/import-events.ts';
import { openSource } from '../../src/importing/source.ts';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { openEngines } from '../support/distributed/engines.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const options = { votes: true, skipBad: false, dryRun: false, onProgress: () => undefined };

async function ask(server: TestApp, who: string | typeof operator, query: string) {
  const { data, errors } = await server.ask(who, query);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
const verified = async (server: TestApp) =>
  (await ask(server, operator, '{ verify { events replayed served matches } }')).verify;
const found = async (server: TestApp) =>
  (
    await ask(
      server,
      'bob',
      '{ search(input: { query: "who waters the plants?" }) { hits { memory { id content } } } }',
    )
  ).search.hits;

test.skipIf(elasticsearchUrl === undefined)(
  'the state is the same, by its hash, and so are keys and answers',
  async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder();
    stack.defer(folder.remove);
    const from = await startTestApp();
    stack.defer(from.close);
    await ask(from, operator, 'mutation { addToTeam(team: "red", agents: ["ann", "bob"]) { position } }');
    for (const content of ['ann waters the plants', 'bob feeds the cat', 'the plants want rain'])
      await ask(
        from,
        'ann',
        `mutation { recordMemory(input: { content: "${content}", dedupe: true, scope: AGENT_SHARED }) { position } }`,
      );
    const { recordMemory } = await ask(
      from,
      'ann',
      'mutation { recordMemory(input: { content: "gone", scope: GLOBAL }) { memory { id } } }',
    );
    await ask(
      from,
      'bob',
      `mutation { vote(input: { memory: "${recordMemory.memory.id}", value: HELPFUL }) { position } }`,
    );
    await ask(from, 'ann', `mutation { forgetMemory(id: "${recordMemory.memory.id}") { id } }`);
    await from.settled();
    const [before, answer] = [await verified(from), await found(from)];
    const file = folder.file('events.jsonl');
    await writeFile(file, await (await from.request(operator, '/export?format=events&keys=true')).text());

    const embedder = createHashEmbedder();
    const engines = await openEngines({ projections: 1, model: embedder.model, dimensions: embedder.dimensions });
    stack.defer(engines.release);
    const source = await openSource(file, null);
    expect(await importEvents(source, { log: engines.log, tenant: null }, options)).toMatchObject({
      bad: 0,
      written: true,
    });
    expect(await importEvents(source, { log: engines.log, tenant: null }, options)).toMatchObject({ imported: 0 });
    const into = await startTestApp({ ...engines, embedder });
    stack.defer(into.close);
    await into.settled();

    expect(before).toMatchObject({ matches: true });
    expect(await verified(into)).toEqual(before);
    expect(await found(into)).toEqual(answer);
    const response = await into.request({ key: from.tenantKey, agent: 'bob' }, '/export?format=memories');
    expect((await response.text()).trim().split('\n')).toHaveLength(3);
  },
);
