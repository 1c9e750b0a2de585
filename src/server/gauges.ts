// What is looked up when /metrics is asked for.
import { Gauge, type Registry } from 'prom-client';
import type { Projector } from '../../projections/projector.ts';
import type { Pump } from '../embedding/pump.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewStore } from '../views/view-store.ts';

export type Observed = { log: EventLog; views: ViewStore; projector: Projector; pump: Pump };

type Sample = { labels: Record<string, string>; value: number };

export function addGauges(registry: Registry, { log, views, projector, pump }: Observed): void {
  const gauge = (name: string, help: string, labelNames: string[], read: () => Promise<Sample[]> | Sample[]) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        // A source that is away leaves its gauge empty; it must not take the other figures with it.
        const samples = await Promise.resolve(read()).catch(() => []);
        this.reset();
        // Without labels a reset leaves a zero, which would say that it is known.
        if (labelNames.length === 0) this.remove();
        for (const { labels, value } of samples) this.set(labels, value);
      },
    });
  // All gauges are read at the same time: what several need is looked up once.
  const lag = shared(projector.lag);
  const parked = shared(views.parked);
  const statistics = shared(views.statistics);
  const one = (value: number | null): Sample[] => (value === null ? [] : [{ labels: {}, value }]);

  gauge('annals_projection_lag_events', 'Events of the log that the views do not have yet.', [], async () =>
    one((await lag()).events),
  );
  gauge('annals_projection_lag_seconds', 'Age of the oldest event that the views do not have yet.', [], async () =>
    one((await lag()).seconds),
  );
  gauge('annals_projection_skipped_events', 'Events of unknown types, passed over.', [], () =>
    one(Object.values(projector.skipped()).reduce((sum, count) => sum + count, 0)),
  );
  gauge('annals_projects', 'Whether it is this server that projects: 1 or 0.', [], () =>
    one(projector.leads() ? 1 : 0),
  );
  gauge('annals_parked_streams', 'Streams of which an event cannot be projected.', [], async () =>
    one((await parked()).length),
  );
  gauge('annals_parked_events', 'Events that are left out of the views for now.', [], async () =>
    one((await parked()).reduce((sum, { events }) => sum + events, 0)),
  );
  gauge('annals_memories', 'Living memories by scope.', ['scope'], async () =>
    Object.entries((await statistics()).memoriesByScope).map(([scope, value]) => ({ labels: { scope }, value })),
  );
  gauge('annals_embeddings_made', 'Vectors made since the start.', [], () => one(pump.counts().made));
  gauge('annals_embeddings_failures', 'Batches that the embedder failed since the start.', [], () =>
    one(pump.counts().failures),
  );
  gauge('annals_embeddings_cached', 'Vectors kept.', [], async () => one((await statistics()).vectorsKept));
  gauge('annals_embeddings_waiting', 'Texts that wait for a vector.', [], async () =>
    one((await statistics()).vectorsWanted),
  );
  gauge('annals_disk_bytes', 'Bytes on disk.', ['part'], async () => {
    const [logSize, { bytesOnDisk }] = await Promise.all([log.size(), statistics()]);
    return [
      ...one(logSize).map(({ value }) => ({ labels: { part: 'log' }, value })),
      ...one(bytesOnDisk).map(({ value }) => ({ labels: { part: 'views' }, value })),
    ];
  });
}

/** Callers at the same time share one. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= read().finally(() => {
      running = null;
    });
    return running;
  };
}
