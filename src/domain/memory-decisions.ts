// What may be done to a memory that is there, and the events it makes. Each is given the memory as its caller may read
// it (`readable`); rights to change it, and the state's own rules, are decided here.
import { checkInstant, checkMetadata, checkOptionalText, checkText } from './checks.ts';
import type { Instant, JsonObject } from './event.ts';
import { failure } from './failure.ts';
import { sameJson } from './json.ts';
import { limits } from './limits.ts';
import { isAlive, type Memory, type MemoryChange, type Revision, type SharedWith } from './memory.ts';
import { checkSharing } from './recording.ts';
import { canChange, canRead, type Reader, type Scope } from './visibility.ts';

export const isReadable = (reader: Reader, memory: Memory, now: Instant): boolean =>
  isAlive(memory, now) && canRead(reader, memory);

/** What the reader may not read, what is gone and what never was all answer alike. */
export function readable<State extends { memory: Memory }>(
  reader: Reader,
  state: State | null,
  now: Instant,
  field = 'id',
): State {
  if (state === null || !isReadable(reader, state.memory, now))
    throw failure('NOT_FOUND', 'there is no such memory, or none that you may read', { field });
  return state;
}

function needOwner(reader: Reader, memory: Memory): void {
  if (!canChange(reader, memory))
    throw failure('FORBIDDEN', "only its owner, or the tenant's operator, may change a memory", { field: 'id' });
}

/** undefined leaves what is there. */
export type Revising = {
  content?: string | undefined;
  /** Merged key by key; null removes a key. */
  metadata?: JsonObject | undefined;
  /** null makes it lasting. */
  expiresAt?: Instant | null | undefined;
  scope?: Scope | undefined;
  sharedWith?: SharedWith | undefined;
};

/** What changes nothing makes no event. */
export function revise(memory: Memory, given: Revising, reader: Reader, now: Instant): MemoryChange[] {
  needOwner(reader, memory);
  const data = revised(memory, given, now);
  const events: MemoryChange[] = Object.keys(data).length === 0 ? [] : [{ type: 'memory.revised', data }];
  const sharing = shared(memory, given);
  return sharing === null ? events : [...events, { type: 'memory.shared', data: sharing }];
}

function revised(memory: Memory, { content, metadata, expiresAt }: Revising, now: Instant): Revision {
  const revision: Revision = {};
  if (content !== undefined) {
    checkText(content, 'content', limits.content);
    if (content !== memory.content) revision.content = content;
  }
  if (metadata !== undefined) {
    const merged = merge(memory.metadata, metadata);
    checkMetadata(merged);
    if (!sameJson(merged, memory.metadata)) revision.metadata = merged;
  }
  if (expiresAt !== undefined && expiresAt !== memory.expiresAt) {
    if (expiresAt !== null) checkExpiry(expiresAt, now);
    revision.expiresAt = expiresAt;
  }
  return revision;
}

function checkExpiry(expiresAt: Instant, now: Instant): void {
  checkInstant(expiresAt, 'expiresAt');
  if (expiresAt <= now)
    throw failure('INVALID_INPUT', 'expiresAt has passed; forgetMemory ends a memory now', { field: 'expiresAt' });
}

function merge(metadata: JsonObject, patch: JsonObject): JsonObject {
  const entries = Object.entries({ ...metadata, ...patch });
  return Object.fromEntries(entries.filter(([key, value]) => value !== null || !Object.hasOwn(patch, key)));
}

/** Another scope forgets whom the memory was shared with, unless they are named again. */
function shared(
  memory: Memory,
  { scope = memory.scope, sharedWith: named }: Revising,
): Pick<Memory, 'scope' | 'sharedWith'> | null {
  const sharedWith = named ?? (scope === memory.scope ? memory.sharedWith : { agents: [], teams: [] });
  checkSharing(scope, sharedWith);
  return scope === memory.scope && sameJson(sharedWith, memory.sharedWith) ? null : { scope, sharedWith };
}

export type Deprecating = { reason: string | null; supersededBy: string | null };

export function deprecate(memory: Memory, given: Deprecating, reader: Reader): MemoryChange[] {
  needOwner(reader, memory);
  checkOptionalText(given.reason, 'reason', limits.reason);
  if (given.supersededBy === memory.id)
    throw failure('INVALID_INPUT', 'a memory cannot supersede itself', { field: 'supersededBy' });
  if (memory.deprecation !== null) throw failure('CONFLICT', 'the memory is deprecated already', { field: 'id' });
  return [{ type: 'memory.deprecated', data: given }];
}

export function restore(memory: Memory, reader: Reader): MemoryChange[] {
  needOwner(reader, memory);
  if (memory.deprecation === null) throw failure('CONFLICT', 'the memory is not deprecated', { field: 'id' });
  return [{ type: 'memory.restored', data: {} }];
}

export function forget(memory: Memory, reason: string | null, reader: Reader): MemoryChange[] {
  needOwner(reader, memory);
  checkOptionalText(reason, 'reason', limits.reason);
  return [{ type: 'memory.forgotten', data: { reason } }];
}
