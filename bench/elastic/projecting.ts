// What projecting costs beside a bare bulk of the same documents: the very bodies that the views sent are kept, and sent
// again to other indices of the same mappings.
import assert from 'node:assert/strict';
import { createPump } from '../../src/embedding/pump.ts';
import { connect, type Elastic } from '../../src/views/elasticsearch/client.ts';
import { PAGE_SIZE } from '../../src/views/elasticsearch/views-through.ts';
import type { Change } from '../../src/views/view-store.ts';
import { elasticsearchUrl } from '../../test/support/elasticsearch/elasticsearch.ts';
import { startFaultyProxy } from '../../test/support/elasticsearch/faulty-proxy.ts';
import { createVectors, randomOf } from '../index/data.ts';
import { median } from '../support/report.ts';
import { memoryOf, numberIn, positionOf } from '../views/data.ts';
import { type BenchViews, withViews } from './views.ts';

const MEMORIES = 10_000;
/** Texts that are embedded at once: as many as an endpoint at `EMBEDDING_URL` is sent. */
const BATCH = 64;
const ROUNDS = 3;
const LONGEST = 10 * 60_000;

/** `page`: how many memories the views take at once; `batch`: how many texts are embedded at once. */
export type Projecting = {
  memories: number;
  page: number;
  batch: number;
  rounds: number;
  rows: { what: string; views: number; bare: number }[];
};

/** Memories a second, each way; medians of rounds in turns, after one to warm up. */
export async function measureProjecting(): Promise<Projecting> {
  const random = randomOf(3);
  const nextVector = createVectors(random);
  const vectors = Array.from({ length: MEMORIES }, nextVector);
  const changes = Array.from({ length: MEMORIES }, (_, n): Change => {
    const document = memoryOf(n, random);
    return { kind: 'memory', tenant: document.tenant, id: document.id, position: positionOf(n), document };
  });
  const works: [string, Work][] = [
    ['memories as they are recorded', (views) => project(views, changes)],
    [
      'and the vectors that follow',
      async (views) => {
        await project(views, changes);
        await embedAll(views, vectors);
      },
    ],
  ];
  const rows = [];
  for (const [what, work] of works) rows.push({ what, ...(await inTurns(work)) });
  return { memories: MEMORIES, page: PAGE_SIZE, batch: BATCH, rounds: ROUNDS, rows };
}

type Work = (views: BenchViews['views']) => Promise<void>;

async function inTurns(work: Work): Promise<{ views: number; bare: number }> {
  const recorded = await record(work);
  const views: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const rates = [await withViews((opened) => rateOf(() => work(opened.views))), await sendAgain(recorded)];
    if (round === 0) continue;
    views.push(rates[0] ?? 0);
    bare.push(rates[1] ?? 0);
  }
  return { views: median(views), bare: median(bare) };
}

async function project(views: BenchViews['views'], changes: readonly Change[]): Promise<void> {
  for (let from = 0; from < changes.length; from += PAGE_SIZE) {
    const page = changes.slice(from, from + PAGE_SIZE);
    await views.apply(page, page.at(-1)?.position ?? '');
  }
}

/** As a server has it done, by an embedder that has the vectors at once. */
async function embedAll(views: BenchViews['views'], vectors: readonly Float32Array[]): Promise<void> {
  const embed = async (texts: readonly string[]) => texts.map((text) => vectors[numberIn(text)] ?? new Float32Array());
  const pump = createPump(views, { batch: BATCH, embed });
  pump.start();
  assert(await pump.idle(LONGEST), 'the vectors cannot be put');
  await pump.stop();
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return MEMORIES / ((performance.now() - begun) / 1_000);
}

type Recorded = { prefix: string; bodies: string[] };

async function record(work: Work): Promise<Recorded> {
  const proxy = await startFaultyProxy(elasticsearchUrl ?? '');
  const bodies: string[] = [];
  proxy.fault = ({ path, body }) => {
    if (path.startsWith('/_bulk')) bodies.push(body);
    return undefined;
  };
  try {
    const prefix = await withViews(
      async (opened) => {
        await work(opened.views);
        return opened.prefix;
      },
      { url: proxy.url },
    );
    return { prefix, bodies };
  } finally {
    await proxy.stop();
  }
}

const sendAgain = ({ prefix: former, bodies }: Recorded): Promise<number> =>
  withViews(async ({ prefix }) => {
    const renamed = bodies.map((body) => body.replaceAll(former, prefix));
    const elastic = connect(elasticsearchUrl ?? '');
    try {
      return await rateOf(async () => {
        for (const body of renamed) await sendBulk(elastic, body);
      });
    } finally {
      await elastic.close();
    }
  });

async function sendBulk(elastic: Elastic, bulkBody: string): Promise<void> {
  const headers = {
    'content-type': 'application/vnd.elasticsearch+x-ndjson; compatible-with=9',
    accept: 'application/vnd.elasticsearch+json; compatible-with=9',
  };
  const answer = await elastic.send('the bulk cannot be sent', (client, options) =>
    client.transport.request<{ errors: boolean }>(
      { method: 'POST', path: '/_bulk', querystring: { filter_path: 'errors' }, bulkBody },
      { ...options, headers },
    ),
  );
  assert.equal(answer.errors, false);
}
