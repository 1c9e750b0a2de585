// Whether the server can do its work, and if not, why.
import type { Projector } from '../../projections/projector.ts';
import { Failure } from '../domain/failure.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ViewStore } from '../views/view-store.ts';

/** null: ready; else a reason in words. */
export type Readiness = () => Promise<string | null>;

/** Milliseconds: whoever asks wants to know soon. */
const PATIENCE = 2_000;

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
    const faults = await Promise.all([faultOf('the log', log.head()), faultOf('the views', views.checkpoint())]);
    const fault = faults.find((reason) => reason !== null) ?? projector.failure();
    if (fault !== null) return fault;
    caughtUp ||= projector.caughtUp();
    if (caughtUp) return null;
    const { events } = await projector.lag();
    return `the projections are catching up: ${events} events to go`;
  };
}

async function faultOf(what: string, answer: Promise<unknown>): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, PATIENCE, `${what} cannot be read: no answer within ${PATIENCE / 1_000} s`);
  const fault = answer.then(
    () => null,
    // Only a Failure's message is known to hold nothing of a memory.
    (error: unknown) => `${what} cannot be read${error instanceof Failure ? `: ${error.message}` : ''}`,
  );
  return Promise.race([fault, late]).finally(() => clearTimeout(timer));
}
