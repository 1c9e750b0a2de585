// How fast the log is replayed: events read, decoded and folded by the projections, beside bare SQLite reading the same rows;
// and how long it takes to verify the views of 100,000 memories.
// `npm run bench:replay [-- --json] [-- --events 100000,1000000] [-- --memories 100000]`
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { projected, projectPage } from '../projections/project-page.ts';
import { verify } from '../src/audit/verify.ts';
import type { NewEvent } from '../src/domain/event.ts';
import { streamName } from '../src/domain/streams.ts';
import { decode } from '../src/events/codec.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { openReadOnlyViews } from '../src/views/embedded/read-only.ts';
import type { Change } from '../src/views/view-store.ts';
import { randomOf } from './index/data.ts';
import { withProgress } from './support/progress.ts';
import { report } from './support/report.ts';
import { idOf, recordingOf, TENANT, timeOf } from './views/data.ts';
import { fillFolder } from './views/start-steps.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    events: { type: 'string', default: '100000,1000000' },
    memories: { type: 'string', default: '100000' },
  },
});

const random = randomOf(20_260_101);
const BATCH = 500;
const PAGE = 250;

/** Of four events of a memory one records it, one revises it, and two are votes. */
function eventsOf(memory: number): NewEvent[] {
  const { content, ...recording } = recordingOf(memory, random);
  const all = [
    { type: 'memory.recorded', data: { ...recording, content } },
    { type: 'memory.revised', data: { content: `${content} and more` } },
    ...['bob', 'cid'].map((voter) => ({
      type: 'memory.voted',
      data: { voter, task: null, value: 'HELPFUL', context: null, own: false },
    })),
  ];
  return all.map(({ type, data }, index) => ({
    id: `${idOf(memory)}-${index}`,
    type,
    recordedAt: timeOf(memory),
    data: JSON.parse(JSON.stringify(data)),
    metadata: { correlationId: 'bench', actor: 'agent', tenant: TENANT, schema: 1 },
  }));
}

async function fillLog(file: string, events: number): Promise<void> {
  const log = await openSqliteLog({ file });
  await withProgress('recording', events, async (done) => {
    for (let memory = 0; memory * 4 < events; memory += BATCH / 4) {
      const memories = Array.from({ length: BATCH / 4 }, (_, index) => memory + index);
      await log.append(
        memories.map((one) => ({
          stream: streamName('memory', TENANT, idOf(one)),
          expected: 'none' as const,
          events: eventsOf(one),
        })),
      );
      done(memory * 4);
    }
  });
  await log.close();
}

/** Events a second, of wall time and of processor time. */
async function rate(events: number, work: () => Promise<number>): Promise<{ wall: number; processor: number }> {
  const [begun, used] = [performance.now(), process.cpuUsage()];
  assert.equal(await work(), events);
  const { user, system } = process.cpuUsage(used);
  return { wall: (events / (performance.now() - begun)) * 1_000, processor: (events / (user + system)) * 1_000_000 };
}

async function bareRows(file: string): Promise<number> {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT * FROM events ORDER BY position');
  rows.setReturnArrays(true);
  let count = 0;
  for (const _ of rows.iterate()) count += 1;
  db.close();
  return count;
}

async function replay(log: EventLog): Promise<number> {
  const documents = new Map<string, Map<string, Change['document']>>();
  const ofKind = (kind: string) => {
    const found = documents.get(kind) ?? new Map<string, Change['document']>();
    documents.set(kind, found);
    return found;
  };
  let count = 0;
  for (let after: string | null = null; ; ) {
    const page = await log.read({ after, categories: projected, limit: PAGE });
    const decoded = page.events.map(decode).filter((event) => event !== null);
    const changes = await projectPage(decoded, async (keys) => keys.map(({ kind, id }) => ofKind(kind).get(id)));
    for (const { kind, id, document } of changes) ofKind(kind).set(id, document);
    count += decoded.length;
    after = page.position;
    if (page.end) break;
  }
  assert.equal(ofKind('memory').size * 4, count);
  assert.equal(ofKind('votes').size * 4, count);
  return count;
}

async function replays(folder: string): Promise<Record<string, number | string>[]> {
  const rows: Record<string, number | string>[] = [];
  for (const events of options.events.split(',').map(Number)) {
    const file = join(folder, `log-${events}.db`);
    await fillLog(file, events);
    const bare = await rate(events, () => bareRows(file));
    const log = await openSqliteLog({ file });
    const folded = await rate(events, () => replay(log));
    await log.close();
    rows.push(
      {
        what: 'read, decoded and folded',
        events,
        'events/s': folded.wall,
        'events/s of processor time': folded.processor,
      },
      {
        what: 'baseline: bare SQLite reads the rows',
        events,
        'events/s': bare.wall,
        'events/s of processor time': bare.processor,
      },
    );
    rmSync(file);
  }
  return rows;
}

async function verification(folder: string, memories: number): Promise<string> {
  await fillFolder(folder, memories);
  const log = await openSqliteLog({ file: join(folder, 'log.db') });
  const views = openReadOnlyViews(join(folder, 'views.db'), 1);
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const { matches, documents } = await verify({ log, views, clock: () => new Date() }, [TENANT]);
  const { user, system } = process.cpuUsage(used);
  assert.equal(matches, true);
  assert.equal(documents, memories);
  views.close();
  await log.close();
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  return `verify of ${memories.toLocaleString('en')} memories: ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of processor time`;
}

const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
try {
  const rows = await replays(folder);
  const verified = await verification(folder, Number(options.memories));
  report({
    title: 'Replay',
    rows,
    notes: [
      verified,
      'A memory has four events: it is recorded, revised, and voted on twice. The documents are kept in memory.',
      'The check of the file that opening a log makes is not in the rate.',
      'Asserted: every event is decoded, every document is there, and the views are what the log makes.',
      'The files were written just before, so they are in the cache of the operating system.',
    ],
  });
} finally {
  rmSync(folder, { recursive: true });
}
