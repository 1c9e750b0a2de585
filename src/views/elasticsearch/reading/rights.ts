// `canRead` (src/domain/visibility.ts) as queries over what every memory and each of its passages has in its attributes.
import type { Reader } from '../../../domain/visibility.ts';
import { allOf, anyOf, is, isOneOf, type Query } from './query.ts';

/** All must hold. */
export function rightsOf({ tenant, agent, teams, peers }: Reader): Query[] {
  if (agent === null) return [is('tenant', tenant)];
  const shared = anyOf([
    is('sharedAgents', agent),
    isOneOf('sharedTeams', teams),
    allOf([is('sharedWithTeams', true), isOneOf('agent', peers)]),
  ]);
  return [
    is('tenant', tenant),
    anyOf([is('scope', 'GLOBAL'), is('agent', agent), allOf([is('scope', 'AGENT_SHARED'), shared])]),
  ];
}
