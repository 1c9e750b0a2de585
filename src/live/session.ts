// One session as it goes on. Sessions are the whole tenant's.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { Session } from '../domain/session.ts';
import { streamName } from '../domain/streams.ts';
import type { See } from './cursor.ts';
import type { States } from './states.ts';

export type SessionChanged = { kind: 'session'; position: Position; event: string; session: Session };

export function seeSession(states: States<Session>, id: string): See<SessionChanged> {
  return async (decoded, caller) => {
    if (decoded.stream !== streamName('session', readerOf(caller).tenant, id)) return null;
    const { after } = await states.around(decoded);
    const { event, position } = decoded;
    return after === null ? null : { kind: 'session', position, event: event.type, session: after };
  };
}
