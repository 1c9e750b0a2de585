// The forms in which documents are compared and hashed.
import stringify from 'safe-stable-stringify';
import type { Instant } from '../domain/event.ts';
import { isAlive, type Memory } from '../domain/memory.ts';
import type { DocumentKind, Documents } from '../views/view-store.ts';

/** Its keys are sorted, so equal documents have equal texts. */
export const canonical = (value: unknown): string => stringify(value) ?? 'null';

/**
 * A document as it counts at a time; null for what does not count. Of a memory that is forgotten or expired the views
 * keep no text and no votes, and the log may, so of both only that it was counts.
 */
export function formOf(
  document: Documents[DocumentKind],
  /** Whose votes they are; null where nobody knows. */
  voted: Memory | null,
  now: Instant,
): object | null {
  if ('content' in document && !isAlive(document, now))
    return { id: document.id, gone: true, revision: document.revision };
  return voted !== null && !isAlive(voted, now) ? null : document;
}

/** What says where something is kept, and not what it is: an export that is imported elsewhere must hash the same. */
const placeOnly = new Set(['tenant', 'pinnedAt']);

export const portable = (form: object | null): string =>
  canonical(form && Object.fromEntries(Object.entries(form).filter(([key]) => !placeOnly.has(key))));

/** Where two JSON values first differ, in the order of their keys: `items.3.status`; null when they do not. */
export function firstPath(one: unknown, other: unknown): string | null {
  if (canonical(one) === canonical(other)) return null;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return '';
  for (const key of [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()) {
    const within = firstPath(one[key], other[key]);
    if (within !== null) return within === '' ? key : `${key}.${within}`;
  }
  return '';
}

export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path.split('.').reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
