// The teams of a tenant as they were at a position.
import type { Position } from '../domain/event.ts';
import { decode } from '../events/codec.ts';
import { type EventLog, MAX_PAGE } from '../log/event-log.ts';
import { roster } from './roster.ts';

export type Roster = ReturnType<typeof roster>;

export async function rosterAt(log: EventLog, tenant: string, until: Position): Promise<Roster> {
  const teams = roster();
  for (let after: Position | null = null; ; ) {
    const page = await log.read({ after, until, tenant, categories: ['team'], limit: MAX_PAGE });
    for (const recorded of page.events) {
      const decoded = decode(recorded);
      if (decoded?.event.type === 'team.joined' || decoded?.event.type === 'team.left')
        teams.apply(decoded.event, decoded.at);
    }
    if (page.end) return teams;
    after = page.position;
  }
}
