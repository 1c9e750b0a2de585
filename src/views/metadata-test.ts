// One metadata filter on one memory's metadata, with the port's semantics. SQLite calls it as a function, because its
// own comparisons differ: text by code point and not by code unit, numbers parsed with another rounding, JSON objects
// by the order of their keys.
import type { Json, JsonObject } from '../domain/event.ts';
import type { MetadataFilter, MetadataOperator } from './view-store.ts';

export function metadataHolds(metadata: JsonObject, filter: MetadataFilter): boolean {
  return holds(filter.test, valueAt(metadata, filter.key.split('.')));
}

/** The value at a path of object keys; undefined where there is none. */
function valueAt(metadata: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = metadata;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = value[key];
  }
  return value;
}

function holds(test: MetadataOperator, value: Json | undefined): boolean {
  if ('exists' in test) return (value !== undefined) === test.exists;
  if ('ne' in test) return value === undefined || !same(value, test.ne);
  if (value === undefined) return false;
  if ('eq' in test) return same(value, test.eq);
  if ('in' in test) return test.in.some((one) => same(value, one));
  if ('contains' in test) return contains(value, test.contains);
  if ('gt' in test) return ordered(value, test.gt, (left, right) => left > right);
  if ('gte' in test) return ordered(value, test.gte, (left, right) => left >= right);
  if ('lt' in test) return ordered(value, test.lt, (left, right) => left < right);
  return ordered(value, test.lte, (left, right) => left <= right);
}

/** Two numbers or two strings; nothing else has an order. */
function ordered(value: Json, limit: Json, holds: (left: string | number, right: string | number) => boolean): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return holds(value, limit);
  return typeof value === 'string' && typeof limit === 'string' && holds(value, limit);
}

function contains(value: Json, part: string): boolean {
  return Array.isArray(value) ? value.includes(part) : typeof value === 'string' && value.includes(part);
}

function same(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((one, i) => same(one, right[i] as Json));
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key] as Json, right[key] as Json));
}
