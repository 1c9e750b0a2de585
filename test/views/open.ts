// Opens embedded views in a folder, as the tests here need them.
import { join } from 'node:path';
import { pino } from 'pino';
import { type EmbeddedViewsOptions, openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import type { ViewSignature } from '../../src/views/view-store.ts';
import type { MakeViews } from '../conformance/view-store/harness.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const signature: ViewSignature = { projections: 1, model: 'hashed-words', dimensions: 64 };

export const openIn = (folder: string, given: Partial<EmbeddedViewsOptions> = {}) =>
  openEmbeddedViews({
    viewsFile: join(folder, 'views.db'),
    vectorsFile: join(folder, 'vectors.db'),
    signature,
    countTokens: new URL('../support/count-tokens.ts', import.meta.url),
    logger: pino({ level: 'silent' }),
    ...given,
  });

/** For the conformance suite, and for whoever compares adapters. */
export const makeEmbedded: MakeViews = async (given) => {
  const folder = await temporaryFolder();
  let store = await openIn(folder.path, { signature: given });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openIn(folder.path, { signature: given });
      return store;
    },
    async cleanup() {
      await store.close();
      await folder.remove();
    },
  };
};
