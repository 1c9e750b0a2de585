import { describe, expect, test } from 'vitest';
import { isAlive, type MemoryEvent } from '../../src/domain/memory.ts';
import { deprecate, forget, type Revising, readable, restore, revise } from '../../src/domain/memory-decisions.ts';
import { type MemoryView, versionOf } from '../../src/domain/memory-view.ts';
import type { Reader } from '../../src/domain/visibility.ts';
import { aReader, aRecording, minute, operator } from '../support/fixtures.ts';
import { expectFailure, given } from '../support/given.ts';

const ann = aReader('ann');
const bob = aReader('bob');

const recorded: MemoryEvent = { type: 'memory.recorded', data: aRecording({ metadata: { a: 1, b: { c: 2 } } }) };
const shared: MemoryEvent = {
  type: 'memory.shared',
  data: { scope: 'AGENT_SHARED', sharedWith: { agents: ['bob'], teams: [] } },
};
const deprecated: MemoryEvent = { type: 'memory.deprecated', data: { reason: 'old', supersededBy: null } };
const restored: MemoryEvent = { type: 'memory.restored', data: {} };
const forgotten: MemoryEvent = { type: 'memory.forgotten', data: { reason: null } };

const memoryOf = (state: MemoryView | null) => {
  if (state === null) throw new Error('nothing was recorded');
  return state.memory;
};

const revising =
  (change: Revising, reader: Reader = ann) =>
  (state: MemoryView | null, now: string) =>
    revise(memoryOf(state), change, reader, now);
const deprecating =
  (change: { reason?: string; supersededBy?: string } = {}, reader: Reader = ann) =>
  (state: MemoryView | null) =>
    deprecate(memoryOf(state), { reason: null, supersededBy: null, ...change }, reader);
const restoring =
  (reader: Reader = ann) =>
  (state: MemoryView | null) =>
    restore(memoryOf(state), reader);
const forgetting =
  (reason: string | null = null, reader: Reader = ann) =>
  (state: MemoryView | null) =>
    forget(memoryOf(state), reason, reader);

describe('revising', () => {
  test('names only what changed', () =>
    given(recorded)
      .when(revising({ content: 'new', metadata: { a: 1 }, expiresAt: null }))
      .then({ type: 'memory.revised', data: { content: 'new' } }));

  test('merges metadata key by key, and null removes a key', () =>
    given(recorded)
      .when(revising({ metadata: { a: null, d: [3] } }))
      .then({ type: 'memory.revised', data: { metadata: { b: { c: 2 }, d: [3] } } }));

  test('a key in the metadata is replaced whole', () =>
    given(recorded)
      .when(revising({ metadata: { b: { e: 5 } } }))
      .then({ type: 'memory.revised', data: { metadata: { a: 1, b: { e: 5 } } } }));

  test('the key __proto__ is a key like any other', () =>
    given(recorded)
      .when(revising({ metadata: JSON.parse('{"__proto__": {"x": 1}, "a": null, "b": null}') }))
      .then({ type: 'memory.revised', data: { metadata: JSON.parse('{"__proto__": {"x": 1}}') } }));

  test('limits hold for the metadata that the merge gives', () =>
    given(recorded)
      .when(revising({ metadata: Object.fromEntries(Array.from({ length: 63 }, (_, i) => [`k${i}`, i])) }))
      .thenFails('INVALID_INPUT', { field: 'metadata', limit: 64 }));

  test('changing nothing makes no event', () =>
    given(recorded)
      .when(revising({ content: aRecording().content, metadata: { zz: null, a: 1 }, scope: 'GLOBAL', expiresAt: null }))
      .thenNothing());

  test('another scope is a sharing', () =>
    given(recorded)
      .when(revising({ content: 'new', scope: 'AGENT_PRIVATE' }))
      .then(
        { type: 'memory.revised', data: { content: 'new' } },
        { type: 'memory.shared', data: { scope: 'AGENT_PRIVATE', sharedWith: { agents: [], teams: [] } } },
      ));

  test('another scope forgets whom it was shared with', () =>
    given(recorded, shared)
      .when(revising({ scope: 'GLOBAL' }))
      .then({ type: 'memory.shared', data: { scope: 'GLOBAL', sharedWith: { agents: [], teams: [] } } }));

  test('sharing with others needs the scope for it', () =>
    given(recorded)
      .when(revising({ sharedWith: { agents: ['bob'], teams: [] } }))
      .thenFails('INVALID_INPUT', { field: 'sharedWith' }));

  test('what is shared can be shared with others', () =>
    given(recorded, shared)
      .when(revising({ sharedWith: { agents: [], teams: ['press'] } }))
      .then({ type: 'memory.shared', data: { scope: 'AGENT_SHARED', sharedWith: { agents: [], teams: ['press'] } } }));

  test('an end in the past is refused', () =>
    given(recorded)
      .when(revising({ expiresAt: minute(0) }))
      .thenFails('INVALID_INPUT', { field: 'expiresAt' }));

  test('an end can be set, and taken away', () => {
    given(recorded)
      .when(revising({ expiresAt: minute(9) }))
      .then({ type: 'memory.revised', data: { expiresAt: minute(9) } });
    given(recorded, { type: 'memory.revised', data: { expiresAt: minute(9) } })
      .when(revising({ expiresAt: null }))
      .then({ type: 'memory.revised', data: { expiresAt: null } });
  });

  test('whoever reads but does not own it is refused', () =>
    given(recorded)
      .when(revising({ content: 'new' }, bob))
      .thenFails('FORBIDDEN'));

  test("the tenant's operator may", () =>
    given(recorded)
      .when(revising({ content: 'new' }, operator))
      .then({ type: 'memory.revised', data: { content: 'new' } }));
});

describe('deprecating and restoring', () => {
  test('a memory is deprecated once', () => {
    given(recorded)
      .when(deprecating({ reason: 'old' }))
      .then(deprecated);
    given(recorded, deprecated).when(deprecating()).thenFails('CONFLICT');
  });

  test('what is not deprecated is not restored', () => {
    given(recorded, deprecated).when(restoring()).then(restored);
    given(recorded).when(restoring()).thenFails('CONFLICT');
    given(recorded, deprecated, restored).when(restoring()).thenFails('CONFLICT');
  });

  test('a memory does not supersede itself', () =>
    given(recorded)
      .when(deprecating({ supersededBy: 'm1' }))
      .thenFails('INVALID_INPUT', { field: 'supersededBy' }));

  test('only the owner or the operator does either', () => {
    given(recorded).when(deprecating({}, bob)).thenFails('FORBIDDEN');
    given(recorded, deprecated).when(restoring(bob)).thenFails('FORBIDDEN');
    given(recorded)
      .when(deprecating({ reason: 'old' }, operator))
      .then(deprecated);
  });

  test('the state tells who did it, when and why', () => {
    expect(given(recorded, deprecated).state?.memory.deprecation).toEqual({
      at: minute(1),
      by: 'ann',
      reason: 'old',
      supersededBy: null,
    });
    expect(given(recorded, deprecated, restored).state?.memory.deprecation).toBeNull();
  });
});

describe('forgetting', () => {
  test('makes it gone for every reader, its owner and the operator too', () => {
    given(recorded).when(forgetting()).then(forgotten);
    const { state } = given(recorded, forgotten);
    for (const reader of [ann, bob, operator])
      expectFailure(() => readable(reader, state, minute(9)), 'NOT_FOUND', { field: 'id' });
  });

  test('is for the owner and the operator', () => {
    given(recorded).when(forgetting(null, bob)).thenFails('FORBIDDEN');
    given(recorded)
      .when(forgetting('asked for', operator))
      .then({ type: 'memory.forgotten', data: { reason: 'asked for' } });
  });

  test('an empty reason is refused', () =>
    given(recorded).when(forgetting('')).thenFails('INVALID_INPUT', { field: 'reason' }));
});

describe('what a reader may not read', () => {
  const failureOf = (reader: Reader, state: MemoryView | null, now = minute(5)) => {
    try {
      readable(reader, state, now);
    } catch (error) {
      return error;
    }
    return null;
  };
  const hidden = given({ type: 'memory.recorded', data: aRecording({ scope: 'AGENT_PRIVATE' }) }).state;
  const expired = given({ type: 'memory.recorded', data: aRecording({ expiresAt: minute(5) }) }).state;

  test('answers like what never was', () => {
    const never = failureOf(bob, null);
    expect(never).toMatchObject({ code: 'NOT_FOUND', details: { field: 'id' } });
    expect(failureOf(bob, hidden)).toEqual(never);
    expect(failureOf(ann, expired)).toEqual(never);
    expect(failureOf(ann, given(recorded, forgotten).state)).toEqual(never);
    expect(failureOf({ ...operator, tenant: 'other' }, given(recorded).state)).toEqual(never);
  });

  test('a memory is alive until the very time it expires', () => {
    expect(failureOf(ann, expired, minute(4))).toBeNull();
    const memory = memoryOf(expired);
    expect([minute(4), minute(5), minute(6)].map((now) => isAlive(memory, now))).toEqual([true, false, false]);
  });
});

test('the version is the revision of the last event, votes included', () => {
  const voted = { voter: 'bob', task: null, value: 'HELPFUL', context: null, own: false } as const;
  const { state } = given(recorded, deprecated, { type: 'memory.voted', data: voted });
  expect(state && versionOf(state)).toBe(2);
  expect(state?.memory.revision).toBe(1);
});
