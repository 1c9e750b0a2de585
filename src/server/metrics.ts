// What the server counts. Labels are taken from closed sets, never from what a client chose to send.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FailureCode } from '../domain/failure.ts';
import type { SearchMode } from '../domain/search-mode.ts';

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export type Metrics = {
  registry: Registry;
  /** A root field was resolved: `Query.search`, and OK or how it failed. */
  resolved(field: string, outcome: FailureCode | 'OK', seconds: number): void;
  /** A request was refused before any field of it was resolved. */
  refused(code: FailureCode): void;
  searched(mode: SearchMode, seconds: number): void;
  appended(type: string): void;
  /** A subscription to a root field began; what comes of it is told to what this gives. */
  subscribed(field: string): { sent(): void; ended(): void };
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'annals_requests_total',
    help: 'Root fields resolved, by field and outcome (OK or an error code).',
    labelNames: ['field', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'annals_request_duration_seconds',
    help: 'Time to resolve a root field.',
    labelNames: ['field'],
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'annals_errors_total',
    help: 'Failures by code, in fields and before them.',
    labelNames: ['code'],
    registers,
  });
  const events = new Counter({
    name: 'annals_events_appended_total',
    help: 'Events that this process appended, by type.',
    labelNames: ['type'],
    registers,
  });
  const searches = new Histogram({
    name: 'annals_search_duration_seconds',
    help: 'Time of a search in the views, by mode.',
    labelNames: ['mode'],
    buckets: SECONDS,
    registers,
  });
  const subscriptions = new Gauge({
    name: 'annals_subscriptions',
    help: 'Open subscriptions, by root field.',
    labelNames: ['field'],
    registers,
  });
  const notices = new Counter({
    name: 'annals_subscription_events_total',
    help: 'What subscribers were sent, heartbeats too, by root field.',
    labelNames: ['field'],
    registers,
  });

  return {
    registry,
    resolved: (field, outcome, seconds) => {
      requests.inc({ field, outcome });
      durations.observe({ field }, seconds);
      if (outcome !== 'OK') errors.inc({ code: outcome });
    },
    refused: (code) => errors.inc({ code }),
    searched: (mode, seconds) => searches.observe({ mode }, seconds),
    appended: (type) => events.inc({ type }),
    subscribed: (field) => {
      subscriptions.inc({ field });
      return { sent: () => notices.inc({ field }), ended: () => subscriptions.dec({ field }) };
    },
  };
}

/** Memory, CPU, event loop and garbage collection of this process. */
export const addProcessMetrics = ({ registry }: Metrics): void =>
  collectDefaultMetrics({ register: registry, prefix: 'annals_' });
