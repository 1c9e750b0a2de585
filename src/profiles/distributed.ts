// The distributed profile: the event log in EventStoreDB, the views in Elasticsearch. The data folder holds no more than
// the first key and throw-away views, so any number of servers run on the same engines, each with a folder of its own.
import pRetry from 'p-retry';
import { canCarryOn } from '../../projections/version.ts';
import type { Config } from '../config.ts';
import { Failure } from '../domain/failure.ts';
import { countTokens } from '../embedding/minilm/count-tokens.ts';
import type { EventLog } from '../log/event-log.ts';
import { openEventStoreLog } from '../log/eventstoredb/eventstoredb-log.ts';
import type { DataFolder } from '../server/data-folder.ts';
import type { Logger } from '../server/logger.ts';
import { openElasticBuilds } from '../views/elasticsearch/elastic-builds.ts';
import { openScratchViews } from '../views/embedded/scratch-views.ts';
import type { ViewSignature } from '../views/view-store.ts';
import { withKeptVectors } from './kept-vectors.ts';
import { countTokensModule, type Profile } from './profile.ts';
import { emptyScratch } from './scratch.ts';

/** Between two tries to reach the log at the start; the first is after a tenth of it. */
const LONGEST_DELAY_MS = 5_000;

export type DistributedOptions = {
  engines: NonNullable<Config['engines']>;
  folder: DataFolder;
  signature: ViewSignature;
  logger: Logger;
  /** Aborts at the first signal. */
  stop: AbortSignal;
};

/** Waits until the log can be reached; the views may be away. Rejects when `stop` aborts first. */
export async function openDistributed(
  { engines, folder, signature, logger, stop }: DistributedOptions,
  open: AsyncDisposableStack,
): Promise<Profile> {
  const log = open.adopt(await reach(engines.eventStore, logger, stop), (it) => it.close());
  const builds = await openElasticBuilds({
    ...engines.elasticsearch,
    signature,
    canCarryOn: ({ projections }) => canCarryOn(projections),
    countTokens,
    logger,
  });
  const views = open.adopt(builds.views, (it) => it.close());
  const scratch = { parent: emptyScratch(folder), signature, countTokens: countTokensModule, logger };
  return {
    name: 'distributed',
    log,
    views,
    builds,
    resetViews: views.reset,
    openScratch: async () => withKeptVectors(await openScratchViews(scratch), views.findVectors),
    sweep: views.sweep,
    keyFile: folder.files.defaultKey,
  };
}

function reach(url: string, logger: Logger, signal: AbortSignal): Promise<EventLog> {
  let told = false;
  return pRetry(() => openEventStoreLog({ url, logger }), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: LONGEST_DELAY_MS / 10,
    maxTimeout: LONGEST_DELAY_MS,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof Failure && error.code === 'UNAVAILABLE',
    onFailedAttempt: ({ error }) => {
      if (!told) logger.warn({ err: error }, 'EventStoreDB cannot be reached; the start waits for it');
      told = true;
    },
  });
}
