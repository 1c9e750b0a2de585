// A world on the embedded profile, in files of its own that go with it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { openScratchViews } from '../../src/views/embedded/scratch-views.ts';
import { openWorld, type World } from './world.ts';

/** Of the world's embedder. */
export const signature = { projections: 1, model: 'hashed-words', dimensions: 384 };

export async function openOnFiles(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'annals-world-'));
  const log = await openSqliteLog({ file: join(folder, 'log.db') });
  const vectorsFile = join(folder, 'vectors.db');
  const shared = { signature, logger: createLogger('silent', process.stdout) };
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
