// GraphQL over HTTP, 32 connections: queries by id, and acknowledged recordMemory, each beside a bare node:http server
// that only parses and answers JSON of the same size. `npm run bench:api -- --seconds 10 --json`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CONNECTIONS, load, type Measured } from './api/load.ts';
import { report } from './support/report.ts';
import { startServer } from './support/server-process.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, json: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
const MEMORIES = 1_000;
const BATCH = 100;
const AGENT = 'bench';

const BY_ID = 'query ($id: ID!) { memory(id: $id) { id version content namespace scope createdAt } }';
const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } position } }';

let written = 0;
const content = () =>
  `Note ${written++}: the nightly import of invoices needs the exchange rates of the day before, so run it after six.`;

const server = await startServer();
const bare = spawn(process.execPath, [new URL('./api/bare-server.ts', import.meta.url).pathname], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const bareUrl = String((await once(bare.stdout, 'data'))[0]).trim();
  const ids = await fill();
  await settled();

  const headers = { authorization: `Bearer ${server.key}`, 'x-annals-agent': AGENT };
  const url = `${server.url}/graphql`;
  let next = 0;
  const byId = () => JSON.stringify({ query: BY_ID, variables: { id: ids[next++ % ids.length] } });
  const record = () => JSON.stringify({ query: RECORD, variables: { input: { content: content() } } });

  await load({ url, headers, body: byId, seconds: 2 });
  const queries = await load({ url, headers, body: byId, seconds });
  const bareQueries = await load({ url: bareUrl, body: byId, seconds });
  const before = await count();
  const records = await load({ url, headers, body: record, seconds });
  const bareRecords = await load({ url: bareUrl, body: record, seconds });
  await checkKept(before, records.answered);

  report({
    title: `GraphQL over HTTP, ${CONNECTIONS} connections, ${seconds} s each`,
    rows: [row('query by id', 3_000, queries, bareQueries), row('recordMemory', 1_500, records, bareRecords)],
    notes: [
      'each recordMemory is acknowledged after an fsync; all of them were counted afterwards by totalCount',
      'the built-in embedder makes vectors for what is recorded meanwhile, on the same processors',
      'the load comes from the same machine; p50 and p99 are latencies in milliseconds',
    ],
    json: values.json,
  });
} finally {
  bare.kill();
  await server.stop();
}

function row(what: string, target: number, measured: Measured, baseline: Measured) {
  return {
    '': what,
    'a second': measured.perSecond,
    target: `≥ ${target}`,
    'p50 ms': measured.p50,
    'p99 ms': measured.p99,
    'bare node:http a second': baseline.perSecond,
    ratio: measured.perSecond / baseline.perSecond,
  };
}

async function fill(): Promise<string[]> {
  const shape = z.object({ recordMemories: z.object({ memories: z.array(z.object({ id: z.string() })) }) });
  const ids: string[] = [];
  while (ids.length < MEMORIES) {
    const input = Array.from({ length: BATCH }, () => ({ content: content() }));
    const query = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { memories { id } } }';
    ids.push(...shape.parse(await server.ask(AGENT, query, { input })).recordMemories.memories.map(({ id }) => id));
  }
  return ids;
}

/** The vectors of the filling are made: the queries have the machine to themselves. */
async function settled(): Promise<void> {
  while ((await server.metric('annals_embeddings_waiting')) > 0) await new Promise((next) => setTimeout(next, 200));
}

async function count(): Promise<number> {
  const shape = z.object({ memories: z.object({ totalCount: z.number() }) });
  return shape.parse(await server.ask(AGENT, '{ memories(first: 1) { totalCount } }')).memories.totalCount;
}

async function checkKept(before: number, acknowledged: number): Promise<void> {
  while ((await server.metric('annals_projection_lag_events')) > 0) await new Promise((next) => setTimeout(next, 200));
  const kept = (await count()) - before;
  // The load stops in the middle: what was recorded but not answered any more is one a connection at most.
  if (kept < acknowledged || kept > acknowledged + CONNECTIONS)
    throw new Error(`${acknowledged} were acknowledged, ${kept} are there`);
}
