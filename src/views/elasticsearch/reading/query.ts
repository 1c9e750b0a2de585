// Small parts that queries are made of. All are used where nothing is scored.
import type { estypes } from '@elastic/elasticsearch';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;
type Value = string | number | boolean;

/** Elasticsearch takes 65,536 in one `terms`. */
const MOST_TERMS = 60_000;

export const is = (field: string, value: Value): Query => ({ term: { [field]: value } });
export const has = (field: string): Query => ({ exists: { field } });
export const nothing: Query = { match_none: {} };

export function isOneOf(field: string, values: readonly string[]): Query {
  if (values.length === 0) return nothing;
  const parts: Query[] = [];
  for (let start = 0; start < values.length; start += MOST_TERMS)
    parts.push({ terms: { [field]: values.slice(start, start + MOST_TERMS) } });
  return anyOf(parts);
}

export const isBetween = (field: string, limits: { gt?: Value; gte?: Value; lt?: Value; lte?: Value }): Query => ({
  range: { [field]: limits },
});

export const allOf = (filter: readonly Query[]): Query => ({ bool: { filter: [...filter] } });

export function anyOf(should: readonly Query[]): Query {
  const [only = nothing] = should;
  return should.length <= 1 ? only : { bool: { should: [...should], minimum_should_match: 1 } };
}

export const noneOf = (must_not: readonly Query[]): Query => ({ bool: { must_not: [...must_not] } });
