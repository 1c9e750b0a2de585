// One test of metadata as a query over its nested entries, exactly as `metadataHolds` says.
import type { Json } from '../../../domain/event.ts';
import type { MetadataFilter, MetadataOperator } from '../../view-store.ts';
import { jsonKey } from '../attributes.ts';
import { exactText } from '../exact-text.ts';
import { allOf, anyOf, has, is, isBetween, isOneOf, noneOf, nothing, type Query } from './query.ts';

/** A part of a text that is longer is not asked for: what such a pattern costs grows with the square of its length. */
const LONGEST_PATTERN = 64;

/** No query says it. */
export const isTooLong = ({ test }: MetadataFilter): boolean =>
  'contains' in test && test.contains.length > LONGEST_PATTERN;

export function metadataQuery({ key, test }: MetadataFilter): Query {
  if ('ne' in test) return noneOf([metadataQuery({ key, test: { eq: test.ne } })]);
  if ('exists' in test) return test.exists ? entry(key, []) : noneOf([entry(key, [])]);
  return entry(key, [valueQuery(test)]);
}

/** Holds wherever a test that is too long does, and elsewhere too. */
export function widened({ key, test }: MetadataFilter): Query {
  if (!('contains' in test)) return entry(key, []);
  const { contains } = test;
  const ends = [contains.slice(0, LONGEST_PATTERN), contains.slice(-LONGEST_PATTERN)];
  return entry(key, [anyOf([allOf(ends.map(partOfText)), is('metadata.members', exactText(contains))])]);
}

/** There is a value at this path of which all this holds. */
const entry = (key: string, conditions: readonly Query[]): Query => ({
  nested: { path: 'metadata', query: allOf([is('metadata.path', exactText(key)), ...conditions]) },
});

type ValueTest = Exclude<MetadataOperator, { ne: Json } | { exists: boolean }>;

function valueQuery(test: ValueTest): Query {
  if ('eq' in test) return is('metadata.json', jsonKey(test.eq));
  if ('in' in test) return isOneOf('metadata.json', test.in.map(jsonKey));
  if ('contains' in test) return anyOf([partOfText(test.contains), is('metadata.members', exactText(test.contains))]);
  if ('gt' in test) return ordered('gt', test.gt);
  if ('gte' in test) return ordered('gte', test.gte);
  if ('lt' in test) return ordered('lt', test.lt);
  return ordered('lte', test.lte);
}

/** Two numbers or two texts; nothing else has an order. */
function ordered(operator: 'gt' | 'gte' | 'lt' | 'lte', limit: Json): Query {
  if (typeof limit === 'number') return isBetween('metadata.number', { [operator]: limit });
  if (typeof limit === 'string') return isBetween('metadata.string', { [operator]: exactText(limit) });
  return nothing;
}

const partOfText = (part: string): Query =>
  part === ''
    ? has('metadata.string')
    : { wildcard: { 'metadata.string': { value: `*${exactText(part).replace(/[\\*?]/g, '\\$&')}*` } } };
