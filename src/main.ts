// The program, and the only place that chooses adapters.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../projections/version.ts';
import { BadSetting, type Config, readConfig } from './config.ts';
import { Failure } from './domain/failure.ts';
import type { Embedder } from './embedding/embedder.ts';
import { openMiniLm } from './embedding/minilm/minilm.ts';
import { openOpenAi } from './embedding/openai/openai.ts';
import type { EventLog } from './log/event-log.ts';
import { openSqliteLog } from './log/sqlite/sqlite-log.ts';
import { withProgress } from './server/announce.ts';
import { createApp } from './server/app.ts';
import { type DataFolder, DataFolderInUse, openDataFolder } from './server/data-folder.ts';
import { createLogger, type Logger } from './server/logger.ts';
import { addProcessMetrics } from './server/metrics.ts';
import { run } from './server/run.ts';
import { stopSignal } from './server/stop-signal.ts';
import { type EmbeddedViews, openEmbeddedViews } from './views/embedded/embedded-views.ts';
import { openScratchViews } from './views/embedded/scratch-views.ts';
import type { ViewSignature, ViewStore } from './views/view-store.ts';

/** Passages are cut by the built-in model's tokens, whatever embeds them. The build changes the file's extension. */
const countTokensModule = new URL(`./embedding/minilm/count-tokens${import.meta.url.slice(-3)}`, import.meta.url);
const SWEEP_EVERY_MS = 60_000;

const exitCodes = { badSetting: 2, folderInUse: 3, cannotStart: 4 };

try {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, process.stdout);
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'an unexpected failure ends the server');
    process.exit(1);
  });
  await start(config, logger);
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function start(config: Config, logger: Logger): Promise<void> {
  const stop = stopSignal();
  const folder = openDataFolder(config.dataFolder);
  await using open = new AsyncDisposableStack();
  open.defer(() => folder.close());
  const log = open.adopt(await openSqliteLog({ file: folder.files.log, logger }), (it) => it.close());
  const embedder = open.adopt(await openEmbedder(config, logger), (it) => it.close());
  const views = open.adopt(await openViews(folder, embedder, log, logger), (it) => it.close());

  const parts = {
    log,
    views,
    embedder,
    resetViews: views.reset,
    openScratch: scratchIn(folder, embedder, logger),
    clock: () => new Date(),
    settings: config,
    logger,
  };
  const app = open.adopt(await createApp(parts), (it) => it.close());
  addProcessMetrics(app.metrics);
  const sweeping = setInterval(() => void sweep(app.projector.caughtUp(), views, logger), SWEEP_EVERY_MS);
  open.defer(() => clearInterval(sweeping));
  await run({ app, config, profile: 'embedded', keyFile: folder.files.defaultKey, logger, stop });
}

function openEmbedder({ embedding }: Config, logger: Logger): Promise<Embedder> {
  return embedding === null ? openMiniLm({ logger }) : openOpenAi(embedding);
}

async function openViews(
  folder: DataFolder,
  embedder: Embedder,
  log: EventLog,
  logger: Logger,
): Promise<EmbeddedViews> {
  const progress = { done: 0, total: 0 };
  const opening = openEmbeddedViews({
    viewsFile: folder.files.views,
    vectorsFile: folder.files.vectors,
    signature: signatureOf(embedder),
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

/** A process that was killed leaves its scratch views behind: they go before there are others. */
function scratchIn(folder: DataFolder, embedder: Embedder, logger: Logger): () => Promise<ViewStore> {
  const parent = join(folder.path, 'scratch');
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { mode: 0o700 });
  return () =>
    openScratchViews({
      parent,
      sharedVectors: folder.files.vectors,
      signature: signatureOf(embedder),
      countTokens: countTokensModule,
      logger,
    });
}

// A declaration, as `start` runs before the end of this file is reached.
function signatureOf({ model, dimensions }: Embedder): ViewSignature {
  return { projections: PROJECTIONS, model, dimensions };
}

/** Only at the log's head: later events of an expired memory would find its text gone. */
async function sweep(caughtUp: boolean, views: EmbeddedViews, logger: Logger): Promise<void> {
  if (!caughtUp) return;
  await views
    .sweep(new Date().toISOString())
    .catch((err: unknown) => logger.warn({ err }, 'expired memories stay for now'));
}

function exitCodeOf(error: unknown): number {
  if (error instanceof BadSetting || (error instanceof Failure && error.code === 'INVALID_INPUT'))
    return exitCodes.badSetting;
  return error instanceof DataFolderInUse ? exitCodes.folderInUse : exitCodes.cannotStart;
}

function sentenceOf(error: unknown): string {
  if (error instanceof BadSetting || error instanceof DataFolderInUse || error instanceof Failure) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
