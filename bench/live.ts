// One event to 500 subscribers, from the mutation's sending to the moment when the last has it; and what a subscriber
// that never reads costs while events pass. Beside it the same bytes to as many sockets from bare node:http.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Order, Report } from './live/clients.ts';
import { withProgress } from './support/progress.ts';
import { median, report } from './support/report.ts';
import { startServer } from './support/server-process.ts';

const SUBSCRIBERS = 500;
const ROUNDS = 20;
const WARM_UP = 5;
const BATCH = 100;

const { values } = parseArgs({
  options: { events: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
});
const EVENTS = Number(values.events);

const FIELDS = 'id version type content namespace scope agent author user createdAt updatedAt effectiveness { score }';
const question = (name: string) =>
  `subscription ${name} { memories { __typename ... on MemoryChanged { position event id memory { ${FIELDS} } } ... on Heartbeat { position } } }`;
const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position } }';
const CONTENT = 'The nightly import of the ledger was late again: the upstream export waits for a lock. '.repeat(4);

type Clients = { round(): Promise<{ at: number; bytes: number }>; stop(): void };

const server = await startServer();
const bare = spawn(process.execPath, ['bench/live/bare-server.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
const bareUrl = await new Promise<string>((resolve) => {
  bare.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
});

try {
  const requests = (agentOf: (index: number) => string, nameOf: (index: number) => string) =>
    Array.from({ length: SUBSCRIBERS }, (_, index) => requestOf(agentOf(index), question(nameOf(index))));
  const different = await measure(
    requests(
      (index) => `agent-${index}`,
      (index) => `Question${index}`,
    ),
  );
  const same = await measure(
    requests(
      () => 'reader',
      () => 'Question',
    ),
  );
  const raw = await measureBare(Math.round(same.bytes / SUBSCRIBERS));
  const memory = await stalled();

  report({
    title: `One event to ${SUBSCRIBERS} subscribers, from sending the mutation to the last one's socket`,
    rows: [
      {
        '': 'all rights and documents different',
        'median ms': different.median,
        'worst ms': different.worst,
        target: '≤ 75',
      },
      { '': 'all the same', 'median ms': same.median, 'worst ms': same.worst, target: '≤ 30' },
      { '': 'bare node:http, the same bytes', 'median ms': raw.median, 'worst ms': raw.worst, target: '–' },
    ],
    notes: [
      `${ROUNDS} rounds after ${WARM_UP} to warm up; the mutation's own fsync is within the time; subscribers are plain sockets in a process of their own`,
      `a payload has ${Math.round(same.bytes / SUBSCRIBERS)} bytes on the wire`,
      `resident memory of the server over ${EVENTS.toLocaleString('en')} events: +${memory.without.toFixed(0)} MB with no subscriber, +${memory.withOne.toFixed(0)} MB with one that does not read; both with what the views keep of so many memories`,
    ],
    json: values.json,
  });
} finally {
  bare.kill();
  await server.stop();
}

function requestOf(agent: string, query: string): string {
  const body = JSON.stringify({ query });
  return [
    'POST /graphql HTTP/1.1',
    'host: bench',
    'content-type: application/json',
    'accept: text/event-stream',
    `authorization: Bearer ${server.key}`,
    `x-annals-agent: ${agent}`,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

async function startClients(url: string, order: Omit<Order, 'port'>): Promise<Clients> {
  const child: ChildProcess = fork('bench/live/clients.ts');
  let heard: (report: Report) => void = () => {};
  const next = () =>
    new Promise<Report>((resolve) => {
      heard = resolve;
    });
  child.on('message', (report: Report) => heard(report));
  const opened = next();
  child.send({ ...order, port: Number(new URL(url).port) } satisfies Order);
  await opened;
  return {
    async round() {
      const report = await next();
      if (report.kind !== 'round') throw new Error('the subscribers opened twice');
      return report;
    },
    stop: () => child.kill(),
  };
}

async function rounds(clients: Clients, publish: () => Promise<unknown>) {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const last = clients.round();
    const sent = performance.timeOrigin + performance.now();
    const published = publish();
    const arrived = await last;
    await published;
    if (round >= WARM_UP) times.push(arrived.at - sent);
    bytes = arrived.bytes;
  }
  clients.stop();
  return { median: median(times), worst: Math.max(...times), bytes };
}

function record() {
  return server.ask('writer', RECORD, { input: { content: CONTENT, scope: 'GLOBAL' } });
}

async function measure(requests: string[]) {
  return rounds(await startClients(server.url, { requests, mark: '"event":"memory.', stalledRequests: [] }), record);
}

async function measureBare(size: number) {
  const request = 'POST /subscribe HTTP/1.1\r\nhost: bench\r\ncontent-length: 0\r\n\r\n';
  const requests = Array.from({ length: SUBSCRIBERS }, () => request);
  const frame = `event: next\ndata: ${'x'.repeat(Math.max(size - 32, 1))}\n\n`;
  const publish = () => fetch(`${bareUrl}/publish`, { method: 'POST', body: frame });
  return rounds(await startClients(bareUrl, { requests, mark: 'event: next', stalledRequests: [] }), publish);
}

/** Memories of one text: there is one vector to be made, and what the views keep of each is little and known. */
async function stalled() {
  const grown = async (title: string) => {
    const before = residentMegabytes();
    await pass(EVENTS, title);
    return residentMegabytes() - before;
  };
  await pass(EVENTS / 10, 'events to warm up');
  const without = await grown('events without a stalled reader');
  const clients = await startClients(server.url, {
    requests: [],
    stalledRequests: [requestOf('reader', question('Stalled'))],
    mark: ' ',
  });
  const withOne = await grown('events with a stalled reader');
  clients.stop();
  return { without, withOne };
}

async function pass(events: number, title: string): Promise<void> {
  const input = Array.from({ length: BATCH }, () => ({ content: 'passing by', scope: 'GLOBAL' }));
  const query = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }';
  await withProgress(title, events, async (done) => {
    for (let sent = 0; sent < events; sent += BATCH) {
      await server.ask('writer', query, { input });
      done(sent);
    }
  });
  while ((await server.metric('annals_projection_lag_events')) > 0) await new Promise((next) => setTimeout(next, 200));
}

function residentMegabytes(): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
