// What a test's server stands on in the distributed profile: with ANNALS_TEST_PROFILE=distributed, tests that do not say
// what they stand on run on EventStoreDB's protocol and a real Elasticsearch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { EventLog } from '../../../src/log/event-log.ts';
import { withKeptVectors } from '../../../src/profiles/kept-vectors.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { openElasticBuilds } from '../../../src/views/elasticsearch/elastic-builds.ts';
import { openScratchViews } from '../../../src/views/embedded/scratch-views.ts';
import type { ViewBuilds } from '../../../src/views/view-builds.ts';
import type { ViewSignature, ViewStore } from '../../../src/views/view-store.ts';
import { countTokens } from '../count-tokens.ts';
import { elasticsearchUrl } from '../elasticsearch/elasticsearch.ts';
import { createIndexPool } from '../elasticsearch/index-pool.ts';
import { newLogName, openTestEventLog } from './event-log.ts';

export const isDistributed = process.env.ANNALS_TEST_PROFILE === 'distributed';

export type Engines = {
  log: EventLog;
  views: ViewStore;
  builds: ViewBuilds;
  openScratch: () => Promise<ViewStore>;
  /** After log and views were closed. */
  release(): Promise<void>;
};

/** Of the tests of a file. Positions only ever grow on a server: what comes next is newer than what was. */
const indices = createIndexPool();
afterAll(() => indices.end());

type Place = { log: string; indices: string };
/** What was opened in this file for a folder that outlives who opened it. */
const places = new Map<string, Place>();

/**
 * Empty ones, or those that were opened before with `reopen` for the same folder, in which views of the past lie. Without
 * a folder these have one of their own.
 */
export async function openEngines(
  signature: ViewSignature,
  { folder, reopen = false }: { folder?: string; reopen?: boolean } = {},
): Promise<Engines> {
  const place = places.get(folder ?? '') ?? { log: newLogName(), indices: indices.take() };
  if (folder !== undefined && reopen) places.set(folder, place);
  const logger = createLogger('silent', process.stdout);
  const parent = folder ?? (await mkdtemp(join(tmpdir(), 'annals-scratch-')));
  const log = await openTestEventLog(place.log);
  const builds = await openElasticBuilds({
    url: elasticsearchUrl ?? '',
    prefix: place.indices,
    signature,
    countTokens,
    logger,
    replicas: 0,
  });
  const scratch = { parent, signature, countTokens: new URL('../count-tokens.ts', import.meta.url), logger };
  return {
    log,
    views: builds.views,
    builds,
    openScratch: async () => withKeptVectors(await openScratchViews(scratch), builds.views.findVectors),
    async release() {
      if (!reopen) await indices.giveBack(place.indices);
      if (folder === undefined) await rm(parent, { recursive: true });
    },
  };
}
