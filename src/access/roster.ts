// The teams of all tenants, and what they let an agent read.
import QuickLRU from 'quick-lru';
import type { Recorded } from '../domain/event.ts';
import { evolve, type Team, type TeamEvent } from '../domain/team.ts';
import type { Reader } from '../domain/visibility.ts';

/** Agents whose rights are kept until a team changes. */
const MOST_READERS = 10_000;

export function roster() {
  const tenants = new Map<string, Map<string, Team>>();
  const readers = new QuickLRU<string, Reader>({ maxSize: MOST_READERS });

  const list = (tenant: string): Team[] =>
    [...(tenants.get(tenant)?.values() ?? [])]
      .filter((team) => team.members.length > 0)
      .sort((a, b) => (a.name < b.name ? -1 : 1));

  function makeReader(tenant: string, agent: string): Reader {
    const own = list(tenant).filter((team) => team.members.includes(agent));
    const peers = new Set(own.flatMap((team) => team.members));
    peers.delete(agent);
    return { tenant, agent, teams: own.map((team) => team.name), peers: [...peers].sort() };
  }

  return {
    list,
    apply(event: TeamEvent, { tenant, id: name }: Pick<Recorded, 'tenant' | 'id'>): void {
      const teams = tenants.get(tenant) ?? new Map<string, Team>();
      tenants.set(tenant, teams.set(name, evolve(teams.get(name) ?? { name, members: [] }, event)));
      readers.clear();
    },
    readerOf(tenant: string, agent: string | null): Reader {
      if (agent === null) return { tenant, agent, teams: [], peers: [] };
      // A plus is in no name.
      const cached = readers.get(`${tenant}+${agent}`);
      if (cached !== undefined) return cached;
      const reader = makeReader(tenant, agent);
      readers.set(`${tenant}+${agent}`, reader);
      return reader;
    },
  };
}
