// Whether the server can do its work, and if not, why.
import type { Projector } from '../../projections/projector.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewStore } from '../views/view-store.ts';

/** null: ready; else a reason in words. */
export type Readiness = () => Promise<string | null>;

export function createReadiness(
  log: EventLog,
  views: ViewStore,
  projector: Projector,
  isStopping: () => boolean,
): Readiness {
  // Once caught up it stays ready while it follows: a write in this very moment is no reason to send nobody here.
  let caughtUp = false;

  return async () => {
    if (isStopping()) return 'shutting down';
    const faults = await Promise.all([
      log.head().then(
        () => null,
        () => 'the log cannot be read',
      ),
      views.checkpoint().then(
        () => null,
        () => 'the views cannot be read',
      ),
    ]);
    const fault = faults.find((reason) => reason !== null) ?? projector.failure();
    if (fault !== null) return fault;
    caughtUp ||= projector.caughtUp();
    if (caughtUp) return null;
    const { events } = await projector.lag();
    return `the projections are catching up: ${events} events to go`;
  };
}
