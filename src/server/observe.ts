// The ports with a meter on them.
import type { EventLog } from '../log/event-log.ts';
import type { ViewStore } from '../views/view-store.ts';
import type { Metrics } from './metrics.ts';

export const observeLog = (log: EventLog, metrics: Metrics): EventLog => ({
  ...log,
  append: async (writes) => {
    const result = await log.append(writes);
    if (result.ok && !result.duplicate)
      for (const { events } of writes) for (const { type } of events) metrics.appended(type);
    return result;
  },
});

export const observeViews = (views: ViewStore, metrics: Metrics): ViewStore => ({
  ...views,
  search: async (query) => {
    const started = performance.now();
    try {
      return await views.search(query);
    } finally {
      metrics.searched(query.mode, (performance.now() - started) / 1000);
    }
  },
});
