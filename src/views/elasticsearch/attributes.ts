// What memories are filtered by, in the same fields of a memory's document and of each of its passages.
import { hash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { Instant, Json, JsonObject } from '../../domain/event.ts';
import type { Memory, MemoryType } from '../../domain/memory.ts';
import type { Scope } from '../../domain/visibility.ts';
import { exactText } from './exact-text.ts';
import { readersOf } from './readers.ts';

/** Fields that are null or empty are left out. Times are milliseconds since 1970; free text is `exactText`. */
export type Attributes = {
  tenant: string;
  memory: string;
  agent: string;
  scope: Scope;
  /** `readersOf` it. */
  readers: string[];
  author: string;
  type: MemoryType;
  namespace: string;
  user?: string;
  session?: string;
  createdAt: number;
  occurredAt: number;
  expiresAt?: number;
  deprecated: boolean;
  /** Of a lesson. */
  contexts?: string[];
  metadata?: MetadataEntry[];
};

/** One for each path of object keys in the metadata, on the way too. */
export type MetadataEntry = {
  path: string;
  /** `jsonKey` of the value there. */
  json: string;
  string?: string;
  number?: number;
  /** The strings in an array. */
  members?: string[];
};

export const milliseconds = (time: Instant): number => Date.parse(time);

/** Equal for JSON values that are equal, whatever the order of their keys. */
export const jsonKey = (value: Json): string => hash('sha256', stringify(value) ?? '').slice(0, 32);

export function attributesOf(memory: Memory): Attributes {
  const contexts = memory.lesson?.applicableContexts ?? [];
  const metadata = entriesOf(memory.metadata);
  return {
    tenant: memory.tenant,
    memory: memory.id,
    agent: memory.agent,
    scope: memory.scope,
    readers: readersOf(memory),
    author: exactText(memory.author),
    type: memory.type,
    namespace: memory.namespace,
    ...(memory.user !== null && { user: exactText(memory.user) }),
    ...(memory.session !== null && { session: exactText(memory.session) }),
    createdAt: milliseconds(memory.createdAt),
    occurredAt: milliseconds(memory.occurredAt),
    ...(memory.expiresAt !== null && { expiresAt: milliseconds(memory.expiresAt) }),
    deprecated: memory.deprecation !== null,
    ...(contexts.length > 0 && { contexts: contexts.map(exactText) }),
    ...(metadata.length > 0 && { metadata }),
  };
}

function entriesOf(object: JsonObject, above = ''): MetadataEntry[] {
  return Object.entries(object).flatMap(([key, value]) => {
    // No filter's path leads to such a key.
    if (key.includes('.')) return [];
    const path = above + exactText(key);
    const below = value !== null && typeof value === 'object' && !Array.isArray(value);
    return [entryOf(path, value), ...(below ? entriesOf(value, `${path}.`) : [])];
  });
}

function entryOf(path: string, value: Json): MetadataEntry {
  const entry = { path, json: jsonKey(value) };
  if (typeof value === 'string') return { ...entry, string: exactText(value) };
  if (typeof value === 'number') return { ...entry, number: value };
  if (!Array.isArray(value)) return entry;
  const members = value.filter((one) => typeof one === 'string').map(exactText);
  return members.length === 0 ? entry : { ...entry, members };
}
