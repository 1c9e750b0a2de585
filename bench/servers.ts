// Two servers on the same engines, each a process of its own: how long a write on one takes to a subscriber on the other,
// beside a subscriber on the same one; and how long until a write is found by a search that waits for it. EventStoreDB is
// the stand-in of the tests unless EVENTSTORE_URL names another; ELASTICSEARCH_URL has to be set.
// `npm run bench:servers [-- --rounds 100 --json]`
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../test/support/elasticsearch/elasticsearch.ts';
import { startEventStoreProcess } from '../test/support/eventstore/event-store-process.ts';
import { type SocketSubscriber, subscribeOverSocket } from '../test/support/sse-socket.ts';
import { withProgress } from './support/progress.ts';
import { percentile, report } from './support/report.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '100' } },
});
const rounds = Number(options.rounds);
/** Between two writes: each is met by servers that have nothing else to do. */
const PAUSE_MS = 50;

if (elasticsearchUrl === undefined) throw new Error('ELASTICSEARCH_URL has to be set, as to http://127.0.0.1:9200');

const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } position } }';
const SEARCH = 'query ($input: SearchInput!) { search(input: $input) { hits { memory { id } } } }';
const LISTEN = 'subscription { memories { __typename ... on MemoryChanged { id } } }';

const eventStore = await startEventStoreProcess();
const prefix = randomPrefix();
const engines = {
  EVENTSTORE_URL: eventStore.url,
  ELASTICSEARCH_URL: elasticsearchUrl,
  ELASTICSEARCH_PREFIX: prefix,
};
await using open = new AsyncDisposableStack();
open.defer(() => eventStore.kill());
open.defer(() => removeIndices(prefix));
const first = open.adopt(await startServer(engines), (server) => server.stop());
const second = open.adopt(await startServer(engines, first.key), (server) => server.stop());

/** Of the write in work: when it was sent, and where it is in the log. */
let sent = 0;
let position = '';

const here = await listen(first);
const there = await listen(second);
const seen = { here: [] as number[], there: [] as number[] };
const found = { here: [] as number[], there: [] as number[] };
await withProgress('writes', rounds, async (done) => {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all([watch(here, seen.here), watch(there, seen.there), record(round)]);
    await search(round % 2 === 0 ? first : second, round % 2 === 0 ? found.here : found.there, `night ${round}`);
    done(round + 1);
    await sleep(PAUSE_MS);
  }
});
here.leave();
there.leave();

report({
  title: 'Two servers: from a write on the first, milliseconds',
  rows: [
    row('seen by a subscriber of the first', seen.here),
    row('seen by a subscriber of the second', seen.there),
    row('found on the first, with minPosition', found.here),
    row('found on the second, with minPosition', found.there),
  ],
  notes: [
    'From before the write is sent, so its own time is in each. The first server projects.',
    'Found: until the search that waits for the write has answered with it.',
  ],
});

async function record(round: number): Promise<void> {
  sent = performance.now();
  const input = { content: `The ledger's import of night ${round} was late`, scope: 'GLOBAL' };
  const { recordMemory } = await first.ask('writer', RECORD, { input });
  position = (recordMemory as { position: string }).position;
}

async function watch(subscriber: SocketSubscriber, times: number[]): Promise<void> {
  await subscriber.came(subscriber.notices.length + 1);
  times.push(performance.now() - sent);
}

async function search(server: ServerProcess, times: number[], query: string): Promise<void> {
  const answer = await server.ask('reader', SEARCH, { input: { query, minPosition: position, first: 1 } });
  times.push(performance.now() - sent);
  const { hits } = answer.search as { hits: unknown[] };
  if (hits.length === 0) throw new Error(`${query} was not found`);
}

function listen(server: ServerProcess): Promise<SocketSubscriber> {
  const headers = { authorization: `Bearer ${server.key}`, 'x-annals-agent': 'reader' };
  return subscribeOverSocket(server.url, headers, LISTEN);
}

function row(what: string, times: number[]) {
  return { what, p50: percentile(times, 50), p95: percentile(times, 95), most: Math.max(...times) };
}
