// The views as one object that stays, while what is behind it changes: each call goes to what is there at that moment.
import type { EmbeddedViews } from './embedded-views.ts';

export function viewsThrough(current: () => EmbeddedViews): Omit<EmbeddedViews, 'begunAnew' | 'close'> {
  return {
    load: (keys) => current().load(keys),
    apply: (changes, checkpoint, parking) => current().apply(changes, checkpoint, parking),
    checkpoint: () => current().checkpoint(),
    refresh: () => current().refresh(),
    parked: () => current().parked(),
    wantedVectors: (limit) => current().wantedVectors(limit),
    putVectors: (vectors) => current().putVectors(vectors),
    get: (reader, ids, now) => current().get(reader, ids, now),
    list: (query) => current().list(query),
    search: (query) => current().search(query),
    findText: (tenant, textKey, now) => current().findText(tenant, textKey, now),
    records: (query) => current().records(query),
    scan: (query) => current().scan(query),
    statistics: () => current().statistics(),
    sweep: (now) => current().sweep(now),
    reset: () => current().reset(),
  };
}
