// The program, and the only place that chooses adapters: by profile (src/profiles/) and by embedder.
import { setFlagsFromString } from 'node:v8';
import { BadSetting, type Config, readConfig } from './config.ts';
import { Failure } from './domain/failure.ts';
import { openEmbedded } from './profiles/embedded.ts';
import { openEmbedder, signatureFor } from './profiles/embedder.ts';
import type { Profile } from './profiles/profile.ts';
import { createApp } from './server/app.ts';
import { type DataFolder, DataFolderInUse, openDataFolder } from './server/data-folder.ts';
import { createLogger, type Logger } from './server/logger.ts';
import { addProcessMetrics } from './server/metrics.ts';
import { run } from './server/run.ts';
import { stopSignal } from './server/stop-signal.ts';
import type { ViewSignature } from './views/view-store.ts';

const SWEEP_EVERY_MS = 60_000;

const exitCodes = { badSetting: 2, folderInUse: 3, cannotStart: 4 };

// V8 has been seen to end the process when it gives up code between WebAssembly and JavaScript that it made anew
// (https://github.com/nodejs/node/issues/64500). There is little of it: all of it is kept.
setFlagsFromString('--no-wasm-code-gc');

const stop = stopSignal();

try {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, process.stdout);
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'an unexpected failure ends the server');
    process.exit(1);
  });
  await start(config, logger);
} catch (error) {
  // Told to end while it waited to begin.
  if (stop.aborted && error === stop.reason) process.exit();
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function start(config: Config, logger: Logger): Promise<void> {
  const folder = openDataFolder(config.dataFolder);
  await using open = new AsyncDisposableStack();
  open.defer(() => folder.close());
  const embedder = open.adopt(await openEmbedder(config, logger), (it) => it.close());
  const profile = await openProfile(config, folder, signatureFor(embedder), logger, open);
  const { log, views, builds, resetViews, openScratch } = profile;
  const clock = () => new Date();
  const parts = { log, views, builds, embedder, resetViews, openScratch, clock, settings: config, logger };
  const app = open.adopt(await createApp(parts), (it) => it.close());
  addProcessMetrics(app.metrics);
  const sweeping = setInterval(() => void sweep(app.projector.caughtUp(), profile, logger), SWEEP_EVERY_MS);
  open.defer(() => clearInterval(sweeping));
  await run({ app, config, profile: profile.name, keyFile: profile.keyFile, logger, stop });
}

async function openProfile(
  { engines }: Config,
  folder: DataFolder,
  signature: ViewSignature,
  logger: Logger,
  open: AsyncDisposableStack,
): Promise<Profile> {
  if (engines === null) return openEmbedded(folder, signature, logger, open);
  // Imported here: the clients of the engines cost a start without them a third of a second.
  const { openDistributed } = await import('./profiles/distributed.ts');
  return openDistributed({ engines, folder, signature, logger, stop }, open);
}

async function sweep(caughtUp: boolean, profile: Profile, logger: Logger): Promise<void> {
  if (!caughtUp) return;
  await profile
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
