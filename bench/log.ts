// Durable appends through the log's adapter, beside bare SQLite that inserts the same rows in transactions of 64; and
// how fast the log is read back. `npm run bench:log [-- --rounds 5 --events 20000 --json]`
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { StreamWrite } from '../src/log/event-log.ts';
import { prepareAppend } from '../src/log/prepare.ts';
import { openDatabase } from '../src/log/sqlite/database.ts';
import { columns, type Row, rowOf } from '../src/log/sqlite/rows.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { appendAll, type Run } from './log/append-all.ts';
import { syncsDuring } from './log/syncs.ts';
import { workload } from './log/workload.ts';
import { median, percentile, report } from './support/report.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '20000' },
  },
});
const rounds = Number(options.rounds);
const events = Number(options.events);
const folder = await mkdtemp(join(tmpdir(), 'annals-bench-log-'));
const names = ['bare', '1 writer', '16 writers', '64 writers', 'read all', 'read one tenant'] as const;
const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
const keep = (name: (typeof names)[number], run: Run) => runs.get(name)?.push(run);

try {
  // Round by round, so that what disturbs the machine meanwhile disturbs all alike. The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const file = (name: string) => join(folder, `${round}-${name}.db`);
    const results = {
      bare: bareSqlite(file('bare'), workload(events, round)),
      '1 writer': await appendBy(1, file('1'), workload(Math.ceil(events / 8), round)),
      '16 writers': await appendBy(16, file('16'), workload(events, round)),
      '64 writers': await appendBy(64, file('64'), workload(events, round)),
      'read all': await readBack(file('64'), {}),
      'read one tenant': await readBack(file('64'), { tenant: 'tenant-3' }),
    };
    if (round > 0) for (const name of names) keep(name, results[name]);
  }
  summarise(syncsDuring(500, folder));
} finally {
  await rm(folder, { recursive: true });
}

/** The rows that the adapter would write, in the file that it would make, with nothing around the INSERT. */
function bareSqlite(file: string, writes: StreamWrite[]): Run {
  const { db } = openDatabase(file);
  const rows = rowsOf(writes);
  const insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const begun = performance.now();
  for (let at = 0; at < rows.length; at += 64) {
    db.exec('BEGIN IMMEDIATE');
    for (const row of rows.slice(at, at + 64)) insert.run(...row);
    db.exec('COMMIT');
  }
  const rate = perSecond(rows.length, begun);
  db.close();
  return { rate, latencies: [] };
}

/** Made before the clock starts. */
function rowsOf(writes: StreamWrite[]): Row[] {
  const revisions = new Map<string, number>();
  return writes.map((write, index) => {
    const revision = (revisions.get(write.stream) ?? -1) + 1;
    revisions.set(write.stream, revision);
    const [prepared] = prepareAppend([write]).writes;
    const event = prepared?.events[0];
    if (prepared === undefined || event === undefined) throw new Error('each append of the workload has one event');
    return rowOf(event, prepared, index + 1, revision);
  });
}

async function appendBy(writers: number, file: string, writes: StreamWrite[]): Promise<Run> {
  const log = await openSqliteLog({ file });
  const run = await appendAll(writes, writers, async (write) => {
    const result = await log.append([write]);
    if (!result.ok || result.duplicate) throw new Error('an append of the workload was refused');
  });
  await log.close();
  return run;
}

async function readBack(file: string, filter: { tenant?: string }): Promise<Run> {
  const log = await openSqliteLog({ file });
  const latencies: number[] = [];
  let count = 0;
  const begun = performance.now();
  for (let after: string | null = null; ; ) {
    const asked = performance.now();
    const page = await log.read({ after, limit: 1000, ...filter });
    latencies.push(performance.now() - asked);
    count += page.events.length;
    after = page.position;
    if (page.end) break;
  }
  const rate = perSecond(count, begun);
  await log.close();
  return { rate, latencies };
}

function perSecond(count: number, begun: number): number {
  return (count * 1000) / (performance.now() - begun);
}

function summarise(syncs: number | null): void {
  const all = (name: string) => runs.get(name) ?? [];
  const rate = (name: string) => median(all(name).map((run) => run.rate));
  const latency = (name: string, p: number) => median(all(name).map((run) => percentile(run.latencies, p)));
  // Of each round, so that both sides of a ratio met the same machine.
  const ratio = (name: string, to: string) =>
    median(all(name).map((run, round) => run.rate / (all(to)[round]?.rate ?? Number.NaN)));
  const rows = names.map((name) => ({
    case: name === 'bare' ? 'bare SQLite, transactions of 64' : name,
    'events/s': rate(name),
    'p50 ms': name === 'bare' ? '' : latency(name, 50),
    'p99 ms': name === 'bare' ? '' : latency(name, 99),
    'of bare': name.startsWith('read') ? '' : ratio(name, 'bare'),
    'of 1 writer': name.startsWith('read') || name === 'bare' ? '' : ratio(name, '1 writer'),
  }));
  report({
    title: 'Event log on SQLite: acknowledged appends, and reading back',
    rows,
    notes: [
      `${events.toLocaleString('en')} events a run (1 writer: an eighth), one an append: three new memories of 40 words, then a vote; medians of ${rounds} rounds after one to warm up`,
      'bare: the same rows, made beforehand, into the same tables with the same settings, inserted by one prepared statement',
      'opening fails unless journal_mode is wal and synchronous is FULL: a commit returns after the fsync of its write-ahead log, an acknowledgement after its commit',
      syncs === null
        ? 'no strace here: the calls of fsync were not counted'
        : `strace counts ${syncs} calls of fsync and fdatasync during 500 appends one after the other (target: at least one each)`,
      'latencies are those of an append as its writer sees it, and of a page of 1,000 events',
      'targets: at 64 writers at least 0.7 of bare, and at least 5 times one writer',
    ],
  });
}
