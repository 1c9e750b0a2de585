// What a test's server stands on in the distributed profile: with ANNALS_TEST_PROFILE=distributed, tests that do not say
// what they stand on run on EventStoreDB's protocol and a real Elasticsearch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '../../../src/log/event-log.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { openElasticBuilds } from '../../../src/views/elasticsearch/elastic-builds.ts';
import { openScratchViews } from '../../../src/views/embedded/scratch-views.ts';
import type { ViewBuilds } from '../../../src/views/view-builds.ts';
import type { ViewSignature, ViewStore } from '../../../src/views/view-store.ts';
import { countTokens } from '../count-tokens.ts';
import { elasticsearchUrl } from '../elasticsearch/elasticsearch.ts';
import { newLogName, openTestEventLog } from './event-log.ts';
import { giveBackIndices, takeIndices } from './index-sets.ts';

export const isDistributed = process.env.ANNALS_TEST_PROFILE === 'distributed';

export type Engines = {
  log: EventLog;
  views: ViewStore;
  builds: ViewBuilds;
  openScratch: () => Promise<ViewStore>;
  /** After log and views were closed. */
  release(): Promise<void>;
};

type Place = { log: string; indices: string };
const kept = new Map<string, Place>();

/** Empty ones; with a name those that were opened under it before in this file. */
export async function openEngines(signature: ViewSignature, name?: string): Promise<Engines> {
  const place = (name === undefined ? null : kept.get(name)) ?? { log: newLogName(), indices: takeIndices() };
  if (name !== undefined) kept.set(name, place);
  const logger = createLogger('silent', process.stdout);
  const folder = await mkdtemp(join(tmpdir(), 'annals-scratch-'));
  const log = await openTestEventLog(place.log);
  const builds = await openElasticBuilds({
    url: elasticsearchUrl ?? '',
    prefix: place.indices,
    signature,
    countTokens,
    logger,
    replicas: 0,
  });
  return {
    log,
    views: builds.views,
    builds,
    openScratch: () =>
      openScratchViews({
        parent: folder,
        sharedVectors: join(folder, 'vectors.db'),
        signature,
        countTokens: new URL('../count-tokens.ts', import.meta.url),
        logger,
      }),
    async release() {
      if (name === undefined) await giveBackIndices(place.indices);
      await rm(folder, { recursive: true });
    },
  };
}
