// A MemoryFilter as a query over attributes, exactly as `matches` says: no more and no less, so that it may be negated
// and counted. Each filter is one bool query, since Elasticsearch nests them only 30 deep.
import type { MemoryFilter } from '../../view-store.ts';
import { milliseconds } from '../attributes.ts';
import { exactText } from '../exact-text.ts';
import type { Known } from './known.ts';
import { isTooLong, metadataQuery } from './metadata.ts';
import { anyOf, has, isBetween, isOneOf, noneOf, nothing, type Query } from './query.ts';

export function filterQuery(filter: MemoryFilter, known: Known): Query {
  const part = (inner: MemoryFilter) => filterQuery(inner, known);
  const { and = [], or, not } = filter;
  return {
    bool: {
      filter: [...conditions(filter, known), ...and.map(part)],
      ...(not !== undefined && { must_not: [part(not)] }),
      ...(or !== undefined && { should: or.length === 0 ? [nothing] : or.map(part), minimum_should_match: 1 }),
    },
  };
}

function* conditions(filter: MemoryFilter, known: Known): Generator<Query> {
  if (filter.namespaces) yield isOneOf('namespace', filter.namespaces);
  if (filter.scopes) yield isOneOf('scope', filter.scopes);
  if (filter.types) yield isOneOf('type', filter.types);
  if (filter.agents) yield isOneOf('agent', filter.agents);
  if (filter.authors) yield isOneOf('author', filter.authors.map(exactText));
  if (filter.users) yield isOneOf('user', filter.users.map(exactText));
  if (filter.sessions) yield isOneOf('session', filter.sessions.map(exactText));
  if (filter.createdAfter !== undefined) yield isBetween('createdAt', { gt: milliseconds(filter.createdAfter) });
  if (filter.createdBefore !== undefined) yield isBetween('createdAt', { lt: milliseconds(filter.createdBefore) });
  if (filter.occurredAfter !== undefined) yield isBetween('occurredAt', { gt: milliseconds(filter.occurredAfter) });
  if (filter.occurredBefore !== undefined) yield isBetween('occurredAt', { lt: milliseconds(filter.occurredBefore) });
  if (filter.applicableContexts)
    yield anyOf([noneOf([has('contexts')]), isOneOf('contexts', filter.applicableContexts.map(exactText))]);
  if (filter.minEffectiveness !== undefined) yield effectivenessQuery(filter.minEffectiveness, known);
  for (const test of filter.metadata ?? [])
    yield isTooLong(test) ? isOneOf('memory', known({ metadata: test })) : metadataQuery(test);
}

/** Without votes it is 0. */
function effectivenessQuery(minimum: number, known: Known): Query {
  return minimum > 0
    ? isOneOf('memory', known({ scoredFrom: minimum }))
    : noneOf([isOneOf('memory', known({ scoredBelow: minimum }))]);
}
