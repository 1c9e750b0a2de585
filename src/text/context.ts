// Short messages lean on what was said just before. Which earlier memories lend their words, how much, and why that
// tells nobody what they may not read: only memories of the very same visibility are each other's context.
import type { Instant, Position } from '../domain/event.ts';
import type { Memory } from '../domain/memory.ts';
import type { Acl } from '../domain/visibility.ts';

/** How much of the content's terms of the previous memory, the one before and the third before is added. */
export const contextWeights = [0.5, 0.3, 0.2] as const;

/** How much of the previous memory's vector is added, before the sum is brought to length 1 again. */
export const VECTOR_CONTEXT = 0.3;

export type ContextFields = Acl & Pick<Memory, 'namespace' | 'user' | 'session'>;

/** Memories with the same key may lend each other context; null: no session, no context. */
export function contextKey(memory: ContextFields): string | null {
  if (memory.session === null) return null;
  const { tenant, agent, scope, sharedWith, namespace, user, session } = memory;
  const shares = [[...new Set(sharedWith.agents)].sort(), [...new Set(sharedWith.teams)].sort()];
  return JSON.stringify([tenant, agent, scope, shares, namespace, user, session]);
}

/** A memory's place among those with the same key. `position` is that of the event that recorded it. */
export type Place = { occurredAt: Instant; position: Position };

export function comparePlaces(a: Place, b: Place): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt ? -1 : 1;
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return 0;
}

/**
 * The memories that lend context to the one at `index`, nearest first: up to three. `ordered` is by `comparePlaces` and
 * holds the living memories of one key that are not deprecated: a deprecated one neither gives nor has context.
 */
export function contextOf<T>(ordered: readonly T[], index: number, passagesOf: (memory: T) => number): T[] {
  const found: T[] = [];
  for (let at = index; at >= 0 && found.length <= contextWeights.length; at--) {
    const memory = ordered[at];
    if (memory === undefined || passagesOf(memory) !== 1) break;
    found.push(memory);
  }
  return found.slice(1);
}

/** The memories that may owe something to the one at `index`: up to three that follow. */
export function dependentsOf<T>(ordered: readonly T[], index: number, passagesOf: (memory: T) => number): T[] {
  const found: T[] = [];
  for (let at = index + 1; at < ordered.length && found.length < contextWeights.length; at++) {
    const memory = ordered[at];
    if (memory === undefined || passagesOf(memory) !== 1) break;
    found.push(memory);
  }
  return found;
}

/** normalise(own + 0.3·previous). */
export function mixVectors(own: Float32Array, previous: Float32Array): Float32Array {
  const mixed = own.map((value, index) => value + VECTOR_CONTEXT * (previous[index] ?? 0));
  const length = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? mixed : mixed.map((value) => value / length);
}
