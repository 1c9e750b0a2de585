// Whether a search of the passages finds all that this process wrote.
import type { Elastic } from './client.ts';
import { createShared } from './in-turn.ts';
import type { Names } from './names.ts';

export type Fresh = {
  /** Makes sure of it. */
  fresh(): Promise<void>;
  /** Something was written, or may have been. */
  written(): void;
};

export function createFresh(elastic: Elastic, names: Names): Fresh {
  let stale = true;
  const refresh = createShared(async () => {
    stale = false;
    try {
      await elastic.send('the views cannot be refreshed', (client, options) =>
        client.indices.refresh({ index: names.alias('passages') }, options),
      );
    } catch (error) {
      stale = true;
      throw error;
    }
  });
  return {
    fresh: async () => {
      if (stale) await refresh();
    },
    written() {
      stale = true;
    },
  };
}
