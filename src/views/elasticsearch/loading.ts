// Documents as they were last put, for projections.
import type { DocumentKey, ViewWriter } from '../view-store.ts';
import { type Elastic, MISSING_INDEX, Refused } from './client.ts';
import { documentId, indexOf, keptSource, parseDocument } from './documents.ts';
import type { HeldMemories } from './held.ts';
import type { Names } from './names.ts';

/** Fetched at once. */
const PAGE = 500;

const WHAT = 'the documents cannot be read';

export function createLoading(elastic: Elastic, names: Names, memories: HeldMemories): ViewWriter['load'] {
  async function loadPage(keys: readonly DocumentKey[]) {
    const asked = keys.map(({ kind, tenant, id }) => ({
      _index: names.alias(indexOf[kind]),
      _id: documentId(tenant, id),
    }));
    const { docs } = await elastic.send(WHAT, (client, options) => client.mget({ docs: asked }, options));
    return keys.map(({ kind }, i) => {
      const doc = docs[i];
      if (doc === undefined || 'error' in doc) throw new Refused(WHAT, 404, MISSING_INDEX);
      const source = doc.found ? doc._source : undefined;
      // They are projected next.
      if (kind === 'memory') memories.learn(doc._id, source);
      return source === undefined ? undefined : parseDocument<typeof kind>(keptSource.parse(source).document);
    });
  }

  return async (keys) => {
    const pages: Awaited<ReturnType<typeof loadPage>>[] = [];
    for (let start = 0; start < keys.length; start += PAGE) pages.push(await loadPage(keys.slice(start, start + PAGE)));
    return pages.flat();
  };
}
