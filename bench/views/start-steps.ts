// The parts of bench/start.ts that run in processes of their own, and what prepares their folder.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { createProjector } from '../../projections/projector.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { type EmbeddedViews, openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { createVectors, DIMENSIONS, randomOf } from '../index/data.ts';
import { withProgress } from '../support/progress.ts';
import { NOW, readers, recorded } from './data.ts';
import { putWanted } from './put-wanted.ts';

export type Step = { seconds: number; megabytes: number };

const logger = pino({ level: 'silent' });
const random = randomOf(20_260_101);
const nextVector = createVectors(random);
const BATCH = 100;
const LONGEST = 10 * 60_000;

const openLog = (folder: string) => openSqliteLog({ file: join(folder, 'log.db'), logger });

const openViews = (folder: string): Promise<EmbeddedViews> =>
  openEmbeddedViews({
    viewsFile: join(folder, 'views.db'),
    vectorsFile: join(folder, 'vectors.db'),
    signature: { projections: 1, model: 'made-up', dimensions: DIMENSIONS },
    logger,
  });

/** A log of so many memories, the views made of it, and a vector for each. */
export async function fillFolder(folder: string, memories: number): Promise<void> {
  await withProgress('recording', memories, async (done) => {
    await using log = disposable(await openLog(folder));
    for (let from = 0; from < memories; from += BATCH) {
      const writes = Array.from({ length: Math.min(BATCH, memories - from) }, (_, i) => recorded(from + i, random));
      await log.it.append(writes);
      done(from + writes.length);
    }
  });
  await using views = disposable(await openViews(folder));
  await catchUp(folder, views.it);
  await withProgress('vectors', memories, (done) => putWanted(views.it, () => nextVector(), done));
}

async function catchUp(folder: string, views: EmbeddedViews): Promise<void> {
  await using log = disposable(await openLog(folder));
  const projector = createProjector(log.it, views, { logger });
  await projector.start();
  assert(await projector.waitFor(await log.it.head(), LONGEST), projector.failure() ?? 'the projector is too slow');
  await projector.stop();
}

async function measured(work: () => Promise<EmbeddedViews>): Promise<Step> {
  const begun = performance.now();
  const views = await work();
  const reader = readers[0]?.reader;
  assert(reader);
  await views.search({ reader, now: NOW, mode: 'HYBRID', text: 'word1', vector: nextVector(), limit: 10 });
  const step = { seconds: (performance.now() - begun) / 1_000, megabytes: process.memoryUsage.rss() / 2 ** 20 };
  assert.equal((await views.statistics()).vectorsWanted, 0);
  assert((await views.statistics()).vectorsKept > 0);
  await views.close();
  return step;
}

export const steps = {
  ready: (folder: string) => measured(() => openViews(folder)),

  rebuilt: (folder: string) =>
    measured(async () => {
      const views = await openViews(folder);
      await catchUp(folder, views);
      return views;
    }),

  async bare(folder: string): Promise<Step> {
    const begun = performance.now();
    let bytes = 0;
    const views = new DatabaseSync(join(folder, 'views.db'), { readOnly: true });
    for (const { document, analysis } of views.prepare('SELECT document, analysis FROM memory').iterate())
      bytes += String(document).length + (analysis instanceof Uint8Array ? analysis.length : 0);
    const vectors = new DatabaseSync(join(folder, 'vectors.db'), { readOnly: true });
    for (const { vector } of vectors.prepare('SELECT vector FROM vector').iterate())
      bytes += vector instanceof Uint8Array ? vector.length : 0;
    assert(bytes > 0);
    return { seconds: (performance.now() - begun) / 1_000, megabytes: process.memoryUsage.rss() / 2 ** 20 };
  },
};

const disposable = <T extends { close(): Promise<void> }>(it: T) => ({ it, [Symbol.asyncDispose]: () => it.close() });
