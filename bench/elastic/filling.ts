// Many memories through a log and the projector into the views, and a vector for each.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createProjector, type Projector } from '../../projections/projector.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { connect } from '../../src/views/elasticsearch/client.ts';
import { elasticsearchUrl } from '../../test/support/elasticsearch/elasticsearch.ts';
import { randomOf } from '../index/data.ts';
import { withProgress } from '../support/progress.ts';
import { numberIn, recorded } from '../views/data.ts';
import { putWanted } from '../views/put-wanted.ts';
import type { BenchViews } from './views.ts';

const BATCH = 100;
const LONGEST = 60 * 60_000;

export type Filled = BenchViews & { log: EventLog; projector: Projector };

export async function withMemories<T>(
  opened: BenchViews,
  vectors: readonly Float32Array[],
  work: (filled: Filled) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
  const logger = pino({ level: 'silent' });
  const log = await openSqliteLog({ file: join(folder, 'log.db'), logger });
  const projector = createProjector(log, opened.views, { logger });
  try {
    const random = randomOf(20_260_101);
    for (let from = 0; from < vectors.length; from += BATCH)
      await log.append(Array.from({ length: BATCH }, (_, i) => recorded(from + i, random)));
    await projector.start();
    await withProgress('projecting', vectors.length, async (done) => {
      const timer = setInterval(async () => done(vectors.length - (await projector.lag()).events), 1_000);
      const reached = await projector.waitFor(await log.head(), LONGEST);
      clearInterval(timer);
      assert(reached, projector.failure() ?? 'the projector is too slow');
    });
    await withProgress('vectors', vectors.length, (done) => putVectors(opened.views, vectors, done));
    await opened.views.refresh();
    // As a server does every minute.
    await opened.views.sweep(new Date().toISOString());
    await settled(opened);
    // What filling left behind is collected now, and not while answers are timed.
    global.gc?.();
    return await work({ ...opened, log, projector });
  } finally {
    await projector.stop();
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

/** Segments are merged for a while after so many writes, on the processors that answer. */
async function settled({ prefix }: BenchViews): Promise<void> {
  const elastic = connect(elasticsearchUrl ?? '');
  const merging = async () => {
    const stats = await elastic.send('merges cannot be counted', (client, options) =>
      client.indices.stats({ index: `${prefix}-passages-*`, metric: 'merge' }, options),
    );
    return stats._all.total?.merges?.current ?? 0;
  };
  for (let quiet = 0; quiet < 5; await sleep(1_000)) quiet = (await merging()) === 0 ? quiet + 1 : 0;
  await elastic.close();
}

/** All that are wanted, each by the number that its text names. */
export const putVectors = (
  views: BenchViews['views'],
  vectors: readonly Float32Array[],
  done: (made: number) => void = () => {},
): Promise<void> => putWanted(views, (text) => vectors[numberIn(text)] ?? new Float32Array(), done);
