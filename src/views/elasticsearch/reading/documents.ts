// Memories with their votes by id, as they are at the moment.
import type { DocumentPair } from '../../kept-documents.ts';
import type { DocumentKey } from '../../view-store.ts';
import { documentId, indexOf, keptSource } from '../documents.ts';
import { fetchSources } from '../fetching.ts';
import type { ReaderContext } from '../reader-context.ts';

type Context = Pick<ReaderContext, 'elastic' | 'names'>;

/** Fetched at once. */
const PAGE = 1_000;

const kept = keptSource.pick({ document: true });

/** A memory and its votes, for each id; null where there is no memory. */
export async function pairsOf(context: Context, tenant: string, ids: readonly string[]) {
  const texts = await textsOf(
    context,
    (['memory', 'votes'] as const).flatMap((kind) => ids.map((id) => ({ kind, tenant, id }))),
  );
  return ids.map((_, i): DocumentPair | null => {
    const document = texts[i];
    return document == null ? null : { document, votes: texts[ids.length + i] ?? null };
  });
}

export type Documents = {
  /** As `pairsOf`; each is fetched once. */
  pairsOf(ids: readonly string[]): Promise<(DocumentPair | null)[]>;
};

/** For one search, which may ask before it knows all that it needs. */
export function createDocuments(context: Context, tenant: string): Documents {
  const asked = new Map<string, Promise<DocumentPair | null>>();
  return {
    pairsOf(ids) {
      const missing = ids.filter((id) => !asked.has(id));
      const fetched = missing.length === 0 ? Promise.resolve([]) : pairsOf(context, tenant, missing);
      for (const [i, id] of missing.entries())
        asked.set(
          id,
          fetched.then((pairs) => pairs[i] ?? null),
        );
      return Promise.all(ids.map((id) => asked.get(id) ?? null));
    },
  };
}

/** The JSON of each; null where there is none. Whole sources: the server would take longer to pick a field of each. */
async function textsOf({ elastic, names }: Context, keys: readonly DocumentKey[]): Promise<(string | null)[]> {
  const places = keys.map(({ kind, tenant, id }) => ({
    index: names.alias(indexOf[kind]),
    id: documentId(tenant, id),
  }));
  const sources = await fetchSources(elastic, places, { what: 'the views cannot be read', page: PAGE });
  return sources.map((source) => (source === undefined ? null : kept.parse(source).document));
}
