// What a reader may read, as queries over what every memory and each of its passages has in its attributes.
import type { Reader } from '../../../domain/visibility.ts';
import { rolesOf } from '../readers.ts';
import { is, isOneOf, type Query } from './query.ts';

/** All must hold. */
export const rightsOf = ({ tenant, agent, teams, peers }: Reader): Query[] => [
  is('tenant', tenant),
  ...(agent === null ? [] : [isOneOf('readers', rolesOf({ agent, teams, peers }))]),
];
