// The one thing that a search of memories or passages takes: a query that has the reader's rights in it. Nothing else
// makes one, so no search can be asked without.
import type { Instant } from '../../../domain/event.ts';
import type { Selection } from '../../view-store.ts';
import { milliseconds } from '../attributes.ts';
import { filterQuery } from './filter.ts';
import type { Known } from './known.ts';
import { is, isBetween, type Query } from './query.ts';
import { rightsOf } from './rights.ts';

declare const allowed: unique symbol;
export type Allowed = Query & { readonly [allowed]: true };

/** What the reader may read, that is alive, not deprecated unless asked for, and passes the filter. */
export function allowedBy({ reader, filter, includeDeprecated = false, now }: Selection, known: Known): Allowed {
  const query: Query = {
    bool: {
      filter: [
        ...rightsOf(reader),
        ...(includeDeprecated ? [] : [is('deprecated', false)]),
        ...(filter === undefined ? [] : [filterQuery(filter, known)]),
      ],
      must_not: gone(now),
    },
  };
  return query as Allowed;
}

/** What statistics are over: of the filter only its namespaces count. */
export function countedBy({ filter, ...selection }: Selection): Allowed {
  const namespaces = filter?.namespaces;
  return allowedBy({ ...selection, ...(namespaces && { filter: { namespaces } }) }, () => []);
}

/** A forgotten memory has no passages, and of its attributes none but its key. */
export const gone = (now: Instant): Query[] => [
  is('forgotten', true),
  isBetween('expiresAt', { lte: milliseconds(now) }),
];
