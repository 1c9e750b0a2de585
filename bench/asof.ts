// A search in the past: the first question as of a position, for which the tenant's log is replayed into views of their own,
// and the next ones there; beside the same questions put to the present.
// `npm run bench:asof [-- --json] [-- --memories 100000] [-- --questions 50]`
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Caller } from '../src/access/caller.ts';
import { openDirectory } from '../src/access/directory.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { openPast } from '../src/past/past.ts';
import { createPasts } from '../src/past/pasts.ts';
import { createQueries, type Queries } from '../src/queries/queries.ts';
import { openEmbeddedViews } from '../src/views/embedded/embedded-views.ts';
import { openScratchViews } from '../src/views/embedded/scratch-views.ts';
import { createVectors, DIMENSIONS, randomOf, wordOf } from './index/data.ts';
import { median, percentile, report } from './support/report.ts';
import { TENANT } from './views/data.ts';
import { fillFolder } from './views/start-steps.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    memories: { type: 'string', default: '100000' },
    questions: { type: 'string', default: '50' },
  },
});

const random = randomOf(20_260_102);
const nextVector = createVectors(random);
const LATER = 1_000;

async function openParts(folder: string) {
  const logger = pino({ level: 'silent' });
  const signature = { projections: 1, model: 'made-up', dimensions: DIMENSIONS };
  const vectorsFile = join(folder, 'vectors.db');
  const log = await openSqliteLog({ file: join(folder, 'log.db') });
  const views = await openEmbeddedViews({ viewsFile: join(folder, 'views.db'), vectorsFile, signature, logger });
  const directory = await openDirectory(log);
  const embedder = {
    batch: 1,
    embed: async () => {
      throw new Error('every vector is kept');
    },
  };
  const openScratch = () => openScratchViews({ parent: folder, sharedVectors: vectorsFile, signature, logger });
  const pasts = createPasts((tenant, position) => openPast({ log, embedder, openScratch }, tenant, position));
  const vectors = new Map<string, Float32Array>();
  const queries = createQueries({
    log,
    views,
    directory,
    projector: { waitFor: async () => true, failure: () => null },
    embedQuery: async (text) => {
      const vector = vectors.get(text) ?? nextVector();
      vectors.set(text, vector);
      return vector;
    },
    verify: async () => assert.fail('nobody verifies here'),
    past: pasts.use,
    clock: () => new Date('2026-06-01T00:00:00.000Z'),
  });
  const close = async () => {
    await pasts.close();
    directory.close();
    await views.close();
    await log.close();
  };
  return { log, queries, close };
}

const operator: Caller = {
  role: 'TENANT',
  tenant: TENANT,
  agent: null,
  keyId: 'bench',
  correlationId: 'bench',
  reader: { tenant: TENANT, agent: null, teams: [], peers: [] },
};

const question = () => Array.from({ length: 5 }, () => wordOf(random)).join(' ');

async function ask(queries: Queries, query: string, position: string | null) {
  const begun = performance.now();
  const { hits } = await queries.search({
    query,
    mode: 'HYBRID',
    filter: {},
    includeDeprecated: false,
    first: 10,
    minScore: null,
    decay: false,
    effectivenessWeight: 0,
    minPosition: null,
    asOf: position === null ? null : { position },
  });
  return { milliseconds: performance.now() - begun, hits };
}

const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
try {
  const memories = Number(options.memories);
  await fillFolder(folder, memories + LATER);
  const { log, queries, close } = await openParts(folder);
  const page = await log.read({ after: null, limit: 1 });
  const position = page.events[0]?.position.replace(/^\d{16}/, String(memories).padStart(16, '0')) ?? assert.fail();
  const asked = queries(operator);
  const questions = Array.from({ length: Number(options.questions) }, question);

  const [first = ''] = questions;
  const used = process.cpuUsage();
  const opened = await ask(asked, first, position);
  const { user, system } = process.cpuUsage(used);
  const again = await ask(asked, first, position);
  assert.deepEqual(again.hits, opened.hits);
  const past: number[] = [];
  const present: number[] = [];
  for (const query of questions) {
    past.push((await ask(asked, query, position)).milliseconds);
    present.push((await ask(asked, query, null)).milliseconds);
  }
  const row = (what: string, times: number[]) => ({
    what,
    memories,
    'p50 ms': median(times),
    'p95 ms': percentile(times, 95),
  });
  report({
    title: 'A search in the past',
    rows: [
      row('the first as of a position', [opened.milliseconds]),
      row('the next as of it', past),
      row('baseline: the same questions now', present),
    ],
    notes: [
      `HYBRID, five words, ten hits, the operator's rights, the question's vector at hand; ${LATER} memories came later.`,
      `The first question took ${((user + system) / 1e6).toFixed(1)} s of processor time, in two threads.`,
      'Asserted: the first question asked again has the same hits and scores; nothing is embedded.',
      'Each question is asked of the past, then of the present, in one process.',
    ],
  });
  await close();
} finally {
  rmSync(folder, { recursive: true });
}
