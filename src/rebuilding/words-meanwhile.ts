// Views of another embedder than this server's still answer by words: their vectors cannot be compared with those that
// questions have here, and they are given none of this embedder's.
import { failure } from '../domain/failure.ts';
import { hasModelOf } from '../views/signatures.ts';
import type { ViewBuilds } from '../views/view-builds.ts';
import type { ViewStore } from '../views/view-store.ts';

export function wordsMeanwhile(views: ViewStore, builds: Pick<ViewBuilds, 'own' | 'signature'>): ViewStore {
  const isForeign = () => !hasModelOf(builds.signature(), builds.own);
  return {
    ...views,
    async search(query) {
      if (query.vector === null || !isForeign()) return views.search(query);
      if (query.mode === 'SEMANTIC')
        throw failure(
          'UNAVAILABLE',
          'the views are of another embedder until they are made anew: ask by words meanwhile, in mode KEYWORD or HYBRID',
        );
      return views.search({ ...query, vector: null });
    },
    wantedVectors: async (limit) => (isForeign() ? [] : views.wantedVectors(limit)),
    async putVectors(vectors) {
      if (!isForeign()) await views.putVectors(vectors);
    },
  };
}
