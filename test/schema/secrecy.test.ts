import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { openScratchViews } from '../../src/views/embedded/scratch-views.ts';
import { expectNoTrace } from './secrecy.ts';
import { openWorld, type World } from './world.ts';

const CASES = Number(process.env.ANNALS_SECRECY_CASES ?? 10_000);
/** Of these so many on files, where a world takes longer to open. */
const ON_FILES = CASES / 10;

const number = (count: number) => count.toLocaleString('en');

test(`nobody can tell from ${number(CASES)} answers that there is what they may not read`, async () => {
  const { runs, handoffs } = await expectNoTrace(() => openWorld(), CASES);
  // They are rarely asked for with something to show.
  if (CASES >= 10_000) expect(Math.min(runs, handoffs)).toBeGreaterThan(0);
}, 600_000);

test(`nor from ${number(ON_FILES)} of the embedded profile`, async () => {
  await expectNoTrace(openOnFiles, ON_FILES);
}, 600_000);

async function openOnFiles(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'annals-secrecy-'));
  const log = await openSqliteLog({ file: join(folder, 'log.db') });
  const vectorsFile = join(folder, 'vectors.db');
  const shared = {
    signature: { projections: 1, model: 'hashed-words', dimensions: 384 },
    logger: createLogger('silent', process.stdout),
  };
  const views = await openEmbeddedViews({ ...shared, viewsFile: join(folder, 'views.db'), vectorsFile });
  const openScratch = () => openScratchViews({ ...shared, parent: folder, sharedVectors: vectorsFile });
  const world = await openWorld({ log, views, openScratch });
  const close = async () => {
    await world.close();
    await views.close();
    await rm(folder, { recursive: true });
  };
  return { ...world, close, [Symbol.asyncDispose]: close };
}
