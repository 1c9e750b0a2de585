// Documents as they were last put, for projections.
import type { ViewWriter } from '../view-store.ts';
import type { Elastic } from './client.ts';
import { documentId, indexOf, keptSource, parseDocument } from './documents.ts';
import { fetchSources } from './fetching.ts';
import type { HeldMemories } from './held.ts';
import type { Names } from './names.ts';

export const createLoading =
  (elastic: Elastic, names: Names, memories: HeldMemories): ViewWriter['load'] =>
  async (keys) => {
    const places = keys.map(({ kind, tenant, id }) => ({
      index: names.alias(indexOf[kind]),
      id: documentId(tenant, id),
    }));
    const sources = await fetchSources(elastic, places, { what: 'the documents cannot be read' });
    return keys.map(({ kind, tenant, id }, i) => {
      const source = sources[i];
      // They are projected next.
      if (kind === 'memory') memories.learn(documentId(tenant, id), source);
      return source === undefined ? undefined : parseDocument<typeof kind>(keptSource.parse(source).document);
    });
  };
