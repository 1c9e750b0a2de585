// The embedded profile: an event log and views in the files of one folder, which one process has.
import { canCarryOn } from '../../projections/version.ts';
import type { EventLog } from '../log/event-log.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { withProgress } from '../server/announce.ts';
import type { DataFolder } from '../server/data-folder.ts';
import type { Logger } from '../server/logger.ts';
import { type EmbeddedBuilds, openEmbeddedBuilds } from '../views/embedded/embedded-builds.ts';
import { openScratchViews } from '../views/embedded/scratch-views.ts';
import type { ViewSignature } from '../views/view-store.ts';
import { countTokensModule, type Profile } from './profile.ts';
import { emptyScratch } from './scratch.ts';

export async function openEmbedded(
  folder: DataFolder,
  signature: ViewSignature,
  logger: Logger,
  open: AsyncDisposableStack,
): Promise<Profile> {
  const log = open.adopt(await openSqliteLog({ file: folder.files.log, logger }), (it) => it.close());
  const builds = await openBuilds(folder, signature, log, logger);
  const views = open.adopt(builds.views, (it) => it.close());
  const scratch = {
    parent: emptyScratch(folder),
    sharedVectors: folder.files.vectors,
    signature,
    countTokens: countTokensModule,
    logger,
  };
  return {
    name: 'embedded',
    log,
    views,
    builds,
    resetViews: views.reset,
    openScratch: () => openScratchViews(scratch),
    sweep: views.sweep,
    keyFile: folder.files.defaultKey,
  };
}

async function openBuilds(
  { files }: DataFolder,
  signature: ViewSignature,
  log: EventLog,
  logger: Logger,
): Promise<EmbeddedBuilds> {
  const progress = { done: 0, total: 0 };
  const opening = openEmbeddedBuilds({
    viewsFile: files.views,
    vectorsFile: files.vectors,
    signature,
    canCarryOn: ({ projections }) => canCarryOn(projections),
    countTokens: countTokensModule,
    logger,
    onProgress: (done, total) => Object.assign(progress, { done, total }),
  });
  const builds = await withProgress('loading the memories', async () => progress, opening, process.stdout, logger);
  const begins = (await log.head()) === log.start;
  const { begunAnew } = builds.views;
  if (begunAnew !== null && !begins) logger.info({ reason: begunAnew }, 'the views are made anew from the log');
  return builds;
}
