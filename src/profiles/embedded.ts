// The embedded profile: an event log and views in the files of one folder, which one process has.
import type { EventLog } from '../log/event-log.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { withProgress } from '../server/announce.ts';
import type { DataFolder } from '../server/data-folder.ts';
import type { Logger } from '../server/logger.ts';
import { type EmbeddedViews, openEmbeddedViews } from '../views/embedded/embedded-views.ts';
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
  const views = open.adopt(await openViews(folder, signature, log, logger), (it) => it.close());
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
    resetViews: views.reset,
    openScratch: () => openScratchViews(scratch),
    sweep: async (now) => {
      await views.sweep(now);
    },
    keyFile: folder.files.defaultKey,
  };
}

async function openViews(
  { files }: DataFolder,
  signature: ViewSignature,
  log: EventLog,
  logger: Logger,
): Promise<EmbeddedViews> {
  const progress = { done: 0, total: 0 };
  const opening = openEmbeddedViews({
    viewsFile: files.views,
    vectorsFile: files.vectors,
    signature,
    countTokens: countTokensModule,
    logger,
    onProgress: (done, total) => Object.assign(progress, { done, total }),
  });
  const views = await withProgress('loading the memories', async () => progress, opening, process.stdout, logger);
  const begins = (await log.head()) === log.start;
  if (views.begunAnew !== null && !begins)
    logger.info({ reason: views.begunAnew }, 'the views are made anew from the log');
  return views;
}
