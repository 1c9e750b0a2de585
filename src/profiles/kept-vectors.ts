// Views that ask for vectors elsewhere before they want them made: what the lasting views have need not be embedded twice.
import type { ViewStore } from '../views/view-store.ts';

/** By hash; what is not there is missing. */
type FindVectors = (hashes: readonly string[]) => Promise<ReadonlyMap<string, Float32Array>>;

/** Asked for at once. */
const BATCH = 500;

export function withKeptVectors(views: ViewStore, find: FindVectors): ViewStore {
  /** Not there when they were asked for: to be made, and not to be asked for again. */
  const missing = new Set<string>();

  async function wantedVectors(limit: number) {
    for (;;) {
      const wanted = await views.wantedVectors(Math.max(limit, BATCH));
      const asked = wanted.map(({ hash }) => hash).filter((hash) => !missing.has(hash));
      if (asked.length === 0) return wanted.slice(0, limit);
      const found = await find(asked);
      for (const hash of asked) if (!found.has(hash)) missing.add(hash);
      await views.putVectors(Array.from(found, ([hash, vector]) => ({ hash, vector })));
    }
  }

  return { ...views, wantedVectors };
}
