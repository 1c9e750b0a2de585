// Checks of what a client gave, in the domain's own terms. Fields are relative: `content`, `sharedWith.teams.0`.
import type { Instant, Json, JsonObject } from './event.ts';
import { failure } from './failure.ts';
import { limits, namePattern } from './limits.ts';

export function checkText(text: string, field: string, limit: number): void {
  if (text.length === 0) throw failure('INVALID_INPUT', `${field} must not be empty`, { field });
  if (text.length > limit)
    throw failure('INVALID_INPUT', `${field} has more than ${limit} characters`, { field, limit });
  checkCharacters(text, field);
}

export function checkOptionalText(text: string | null, field: string, limit: number): void {
  if (text !== null) checkText(text, field, limit);
}

export const isName = (text: string): boolean => text.length <= limits.name && namePattern.test(text);

export function checkName(name: string, field: string): void {
  if (!isName(name))
    throw failure('INVALID_INPUT', `${field} must be 1 to ${limits.name} of a-z A-Z 0-9 . _ -`, {
      field,
      limit: limits.name,
    });
}

export function checkCount(list: readonly unknown[], field: string, limit: number): void {
  if (list.length > limit) throw failure('INVALID_INPUT', `${field} names more than ${limit}`, { field, limit });
}

export function checkNames(names: readonly string[], field: string, limit: number): void {
  checkCount(names, field, limit);
  names.forEach((name, index) => {
    checkName(name, `${field}.${index}`);
  });
}

/** A time as events keep it, so that times compare as text. */
export function checkInstant(time: Instant, field: string): void {
  const parsed = new Date(time);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString() !== time)
    throw failure('INVALID_INPUT', `${field} must be a time in UTC, like 2026-01-31T12:00:00.000Z`, { field });
}

/** Seconds to live. */
export function checkTtl(ttl: number, field = 'ttl'): void {
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > limits.ttl)
    throw failure('INVALID_INPUT', `${field} must be 1 to ${limits.ttl} whole seconds`, { field, limit: limits.ttl });
}

const encoder = new TextEncoder();

export function checkMetadata(metadata: JsonObject, field = 'metadata'): void {
  checkShape(metadata, field, 1);
  if (encoder.encode(JSON.stringify(metadata)).length > limits.metadataBytes)
    throw failure('INVALID_INPUT', `${field} is larger than ${limits.metadataBytes} bytes of JSON`, {
      field,
      limit: limits.metadataBytes,
    });
}

function checkShape(value: Json, field: string, level: number): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw failure('INVALID_INPUT', `${field} has a number that is none`, { field });
  if (typeof value === 'string') checkCharacters(value, field);
  if (value === null || typeof value !== 'object') return;
  if (level > limits.metadataDepth)
    throw failure('INVALID_INPUT', `${field} is more than ${limits.metadataDepth} levels deep`, {
      field,
      limit: limits.metadataDepth,
    });
  if (Array.isArray(value)) {
    for (const item of value) checkShape(item, field, level + 1);
    return;
  }
  const entries = Object.entries(value);
  if (entries.length > limits.metadataKeys)
    throw failure('INVALID_INPUT', `${field} has an object of more than ${limits.metadataKeys} keys`, {
      field,
      limit: limits.metadataKeys,
    });
  for (const [key, item] of entries) {
    checkCharacters(key, field);
    checkShape(item, field, level + 1);
  }
}

function checkCharacters(text: string, field: string): void {
  if (!text.isWellFormed() || text.includes('\0'))
    throw failure('INVALID_INPUT', `${field} has a NUL or half of a surrogate pair`, { field });
}
