// Appends through the adapter to a server of EventStoreDB's protocol, beside the bare client that appends the same events
// to the same server. `npm run bench:eventstore [-- --rounds 5 --events 10000 --json]`
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ANY, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { EventLog, StreamWrite } from '../src/log/event-log.ts';
import { openEventStoreLog } from '../src/log/eventstoredb/eventstoredb-log.ts';
import { startEventStoreProcess } from '../test/support/eventstore/event-store-process.ts';
import { appendAll, type Run } from './log/append-all.ts';
import { workload } from './log/workload.ts';
import { median, percentile, report } from './support/report.ts';

type Work = { writes: StreamWrite[]; writers: number; append(write: StreamWrite): Promise<unknown> };

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '10000' },
  },
});
const rounds = Number(options.rounds);
const events = Number(options.events);
const WRITERS = 64;
const names = [
  'bare client',
  'adapter',
  'adapter, votes at once',
  'adapter, 1 writer',
  'adapter, two streams',
] as const;
type Name = (typeof names)[number];
const runs = new Map<Name, Run[]>(names.map((name) => [name, []]));

// In a process of its own, as a server is: what it costs is not the client's cost.
const standIn = process.env.EVENTSTORE_URL === undefined ? await startEventStoreProcess() : null;
const url = process.env.EVENTSTORE_URL ?? standIn?.url ?? '';
const client = EventStoreDBClient.connectionString(url);
const log = await openEventStoreLog({ url });

try {
  // Round by round, and each round the other way about, so that what disturbs the machine disturbs all alike. The first
  // round warms up.
  for (let round = 0; round <= rounds; round += 1)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { writes, writers, append } = workOf(name);
      const run = await appendAll(writes, writers, append);
      if (round > 0) runs.get(name)?.push(run);
    }
  summarise();
} finally {
  await log.close();
  await client.dispose();
  await standIn?.kill();
}

/** Made before the clock starts; every run has streams of its own. */
function workOf(name: Name): Work {
  const seed = Math.floor(Math.random() * 2 ** 31);
  switch (name) {
    case 'bare client':
      return { writes: workload(events, seed), writers: WRITERS, append: appendBare };
    case 'adapter':
      return { writes: workload(events, seed), writers: WRITERS, append: (write) => appendTo(log, [write]) };
    case 'adapter, votes at once':
      return { writes: workload(events, seed, 1), writers: WRITERS, append: (write) => appendTo(log, [write]) };
    case 'adapter, 1 writer':
      return { writes: workload(events / 8, seed), writers: 1, append: (write) => appendTo(log, [write]) };
    case 'adapter, two streams':
      return {
        writes: workload(events / 8, seed),
        writers: WRITERS,
        append: (write) => appendTo(log, [write, besides(write)]),
      };
  }
}

/** As the client's own examples append. */
async function appendBare({ stream, expected, events: [event] }: StreamWrite): Promise<void> {
  if (event === undefined) throw new Error('each append of the workload has one event');
  const { id, type, data, metadata } = event;
  await client.appendToStream(stream, jsonEvent({ id, type, data: { ...data }, metadata: { ...metadata } }), {
    expectedRevision: expected === 'none' ? NO_STREAM : ANY,
  });
}

async function appendTo(to: EventLog, writes: StreamWrite[]): Promise<void> {
  const result = await to.append(writes);
  if (!result.ok || result.duplicate) throw new Error('an append of the workload was refused');
}

/** A second stream for an append: all or none of both. */
function besides({ stream, events: [event] }: StreamWrite): StreamWrite {
  if (event === undefined) throw new Error('each append of the workload has one event');
  const claim = { ...event, id: randomUUID(), type: 'text.claimed', data: { memory: event.id } };
  return {
    stream: `text${stream.slice(stream.indexOf('-'), stream.indexOf('+'))}+${claim.id}`,
    expected: 'none',
    events: [claim],
  };
}

function summarise(): void {
  const all = (name: Name) => runs.get(name) ?? [];
  // Of each round, so that both sides of a ratio met the same machine.
  const ratio = (name: Name) =>
    median(all(name).map((run, round) => run.rate / (all('bare client')[round]?.rate ?? Number.NaN)));
  report({
    title: 'Event log on EventStoreDB: acknowledged appends',
    rows: names.map((name) => ({
      case: name,
      'appends/s': median(all(name).map((run) => run.rate)),
      'p50 ms': median(all(name).map((run) => percentile(run.latencies, 50))),
      'p99 ms': median(all(name).map((run) => percentile(run.latencies, 99))),
      'of the bare client': name === 'bare client' ? '' : ratio(name),
    })),
    notes: [
      `${events.toLocaleString('en')} appends a run (the last two rows: an eighth), ${WRITERS} writers unless said: three new memories of 40 words, then a vote on one of 401 appends before; medians of ${rounds} rounds after one to warm up`,
      'bare client: appendToStream of the same events to the same server, new streams with NO_STREAM and votes with ANY',
      'votes at once: on the memory before, which another writer still appends; such a vote waits for it',
      'two streams: all or none of both, which is three appends to the server',
      process.env.EVENTSTORE_URL === undefined
        ? "the server is the tests' stand-in in a process of its own, with its data in memory: the figures tell what the adapter adds, not what EventStoreDB does"
        : 'the server is the one at EVENTSTORE_URL',
      'target: the adapter at least 0.8 of the bare client',
    ],
  });
}
