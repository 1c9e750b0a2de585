// Throw-away views: in a folder of their own, which goes when they are closed. They use the vectors that are kept for the
// lasting views and never write there.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ViewStore } from '../view-store.ts';
import { type EmbeddedViewsOptions, openEmbeddedViews } from './embedded-views.ts';

type ScratchOptions = Pick<EmbeddedViewsOptions, 'signature' | 'countTokens' | 'logger'> & {
  /** Where the folder is made. */
  parent: string;
  /** Of the lasting views, where they are files. */
  sharedVectors?: string;
};

export async function openScratchViews({ parent, ...options }: ScratchOptions): Promise<ViewStore> {
  const folder = await mkdtemp(join(parent, 'scratch-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const views = await openEmbeddedViews({
      ...options,
      viewsFile: join(folder, 'views.db'),
      vectorsFile: join(folder, 'vectors.db'),
    });
    return {
      ...views,
      async close() {
        await views.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
