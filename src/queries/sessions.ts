// Sessions: the whole tenant's. One is read from its stream, lists from the views.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { evolve, isSessionEvent, type Session, type SessionEvent, type SessionStatus } from '../domain/session.ts';
import { streamName } from '../domain/streams.ts';
import type { ReadStream } from '../log/event-log.ts';
import type { RecordsPage } from '../views/view-store.ts';
import type { QueryContext } from './dependencies.ts';
import { type Fold, foldStream } from './fold-stream.ts';
import { waitFor } from './wait.ts';

export type SessionsInput = {
  /** null: of all, in any status. */
  agent: string | null;
  status: SessionStatus | null;
  /** 1 to 100. */
  first: number;
  /** The cursor of a row that was given out before. */
  after: string | null;
  minPosition: Position | null;
};

export const sessionFold: Fold<Session, SessionEvent> = { isOwn: isSessionEvent, evolve };

/** As of now unless `until` is given. */
export async function session(
  { caller, log }: QueryContext,
  id: string,
  options: Pick<ReadStream, 'until'> = {},
): Promise<Session | null> {
  const { tenant } = readerOf(caller);
  return foldStream(log, streamName('session', tenant, id), sessionFold, options);
}

export async function sessions(context: QueryContext, input: SessionsInput): Promise<RecordsPage<'session'>> {
  const { tenant } = readerOf(context.caller);
  await waitFor(context, input.minPosition, 'minPosition');
  return context.views.records({
    kind: 'session',
    tenant,
    where: {
      ...(input.agent !== null && { agent: input.agent }),
      ...(input.status !== null && { status: input.status }),
    },
    now: context.clock().toISOString(),
    first: input.first,
    ...(input.after !== null && { after: input.after }),
  });
}
