// `canRead` (src/domain/visibility.ts) in words: a memory has those of whom it is for, a reader those of what it is. It
// reads what has one of its own, which is one question of one field.
import type { Acl, Reader } from '../../domain/visibility.ts';

const EVERYBODY = 'everybody';
const anAgent = (agent: string) => `agent ${agent}`;
const aMember = (team: string) => `team ${team}`;
/** Who is in a team with it. */
const aPeer = (agent: string) => `peers ${agent}`;

/** Whom a memory is for, within its tenant. */
export function readersOf({ agent, scope, sharedWith }: Omit<Acl, 'tenant'>): string[] {
  if (scope === 'GLOBAL') return [EVERYBODY];
  if (scope === 'AGENT_PRIVATE') return [anAgent(agent)];
  const named = [...sharedWith.agents.map(anAgent), ...sharedWith.teams.map(aMember)];
  return [anAgent(agent), ...(named.length > 0 ? named : [aPeer(agent)])];
}

/** What an agent reads by. */
export const rolesOf = ({ agent, teams, peers }: { agent: string } & Pick<Reader, 'teams' | 'peers'>): string[] => [
  EVERYBODY,
  anAgent(agent),
  ...teams.map(aMember),
  ...peers.map(aPeer),
];
