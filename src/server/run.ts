// The life of the program from an open log to a clean exit. Adapters come from main.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { withProgress } from './announce.ts';
import type { App } from './app.ts';
import { DEFAULT_TENANT, ensureDefaultKey } from './first-start.ts';
import type { Logger } from './logger.ts';
import { type Listening, serve } from './serve.ts';

/** How long running requests may take to finish after a signal. */
const DRAIN_MS = 10_000;

export type Run = {
  app: App;
  config: Config;
  profile: 'embedded' | 'distributed';
  /** Where the default tenant's key is kept. */
  keyFile: string;
  logger: Logger;
  /** Aborts at the first signal. */
  stop: AbortSignal;
};

/** Serves until `stop`; when it resolves, no request runs any more. */
export async function run({ app, config, profile, keyFile, logger, stop }: Run): Promise<void> {
  const key = await ensureDefaultKey(keyFile, app.directory, () => issueDefaultKey(app), new Date());
  await app.start();
  const listening = await serve(app, config.host, config.port);
  logger.info({ address: listening.url, profile, data: config.dataFolder }, 'started');
  logger[key.warning ? 'warn' : 'info']({ file: key.path, tenant: DEFAULT_TENANT }, `the tenant's key: ${key.note}`);
  await untilReady(app, logger, stop);
  if (!stop.aborted) process.stdout.write(`ready ${listening.url}\n`);
  await aborted(stop);
  await shutDown(app, listening, logger);
}

async function untilReady(app: App, logger: Logger, stop: AbortSignal): Promise<void> {
  const { events: total } = await app.projector.lag();
  const read = async () => ({ done: total - Math.min(total, (await app.projector.lag()).events), total });
  const ready = async () => {
    while (!stop.aborted && (await app.readiness()) !== null)
      await sleep(50, undefined, { signal: stop }).catch(() => undefined);
  };
  await withProgress('catching up with the log', read, ready(), process.stdout, logger);
}

async function shutDown(app: App, listening: Listening, logger: Logger): Promise<void> {
  logger.info('shutting down: running requests finish');
  app.stopAccepting();
  await listening.close(DRAIN_MS);
}

async function issueDefaultKey(app: App): Promise<string> {
  const administrator = app.commands({
    role: 'ADMIN',
    tenant: null,
    agent: null,
    keyId: '$first-start',
    correlationId: 'first-start',
    reader: null,
  });
  const { secret } = await administrator.issueKey({
    tenant: DEFAULT_TENANT,
    role: 'TENANT',
    agent: null,
    label: 'made at the first start',
    ttl: null,
  });
  return secret;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
