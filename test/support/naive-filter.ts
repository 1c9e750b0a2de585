// MemoryFilter as one plain function over a memory and its votes: what every adapter's filters must agree with.
import stringify from 'safe-stable-stringify';
import { effectivenessOf } from '../../src/domain/effectiveness.ts';
import type { Json, JsonObject } from '../../src/domain/event.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import type { MemoryFilter, MetadataFilter } from '../../src/views/view-store.ts';

export function matches(filter: MemoryFilter, view: MemoryView): boolean {
  const { memory, votes } = view;
  const among = <T>(list: readonly T[] | undefined, value: T | null) =>
    list === undefined || (value !== null && list.includes(value));
  const after = (limit: string | undefined, time: string) => limit === undefined || time > limit;
  const before = (limit: string | undefined, time: string) => limit === undefined || time < limit;
  const contexts = memory.lesson?.applicableContexts ?? [];
  return (
    among(filter.namespaces, memory.namespace) &&
    among(filter.scopes, memory.scope) &&
    among(filter.types, memory.type) &&
    among(filter.agents, memory.agent) &&
    among(filter.authors, memory.author) &&
    among(filter.users, memory.user) &&
    among(filter.sessions, memory.session) &&
    after(filter.createdAfter, memory.createdAt) &&
    before(filter.createdBefore, memory.createdAt) &&
    after(filter.occurredAfter, memory.occurredAt) &&
    before(filter.occurredBefore, memory.occurredAt) &&
    (filter.minEffectiveness === undefined || effectivenessOf(votes.votes).score >= filter.minEffectiveness) &&
    (filter.metadata ?? []).every((test) => metadataMatches(test, memory.metadata)) &&
    (filter.applicableContexts === undefined ||
      contexts.length === 0 ||
      contexts.some((context) => filter.applicableContexts?.includes(context))) &&
    (filter.and ?? []).every((part) => matches(part, view)) &&
    (filter.or === undefined || filter.or.some((part) => matches(part, view))) &&
    (filter.not === undefined || !matches(filter.not, view))
  );
}

function metadataMatches({ key, test }: MetadataFilter, metadata: JsonObject): boolean {
  const value = valueAt(metadata, key.split('.'));
  if ('exists' in test) return (value !== undefined) === test.exists;
  if ('ne' in test) return !equal(value, test.ne);
  if ('eq' in test) return equal(value, test.eq);
  if ('in' in test) return test.in.some((one) => equal(value, one));
  if ('contains' in test)
    return typeof value === 'string' || Array.isArray(value) ? value.includes(test.contains) : false;
  if ('gt' in test) return ordered(value, test.gt, (a, b) => a > b);
  if ('gte' in test) return ordered(value, test.gte, (a, b) => a >= b);
  if ('lt' in test) return ordered(value, test.lt, (a, b) => a < b);
  return ordered(value, test.lte, (a, b) => a <= b);
}

function valueAt(value: Json | undefined, path: string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

const equal = (value: Json | undefined, other: Json): boolean => stringify(value) === stringify(other);

function ordered(
  value: Json | undefined,
  limit: Json,
  holds: (value: number | string, limit: number | string) => boolean,
): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return holds(value, limit);
  return typeof value === 'string' && typeof limit === 'string' && holds(value, limit);
}
