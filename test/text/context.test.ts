import { describe, expect, test } from 'vitest';
import {
  type ContextFields,
  comparePlaces,
  contextKey,
  contextOf,
  dependentsOf,
  mixVectors,
} from '../../src/text/context.ts';

const memory: ContextFields = {
  tenant: 'acme',
  agent: 'writer',
  scope: 'AGENT_SHARED',
  sharedWith: { agents: ['editor', 'analyst'], teams: [] },
  namespace: 'default',
  user: null,
  session: 's1',
};

describe('the key of context', () => {
  test('is the same whatever the order of the shares', () => {
    const turned = { ...memory, sharedWith: { agents: ['analyst', 'editor'], teams: [] } };
    expect(contextKey(turned)).toBe(contextKey(memory));
  });

  test.each<Partial<ContextFields>>([
    { tenant: 'other' },
    { agent: 'editor' },
    { scope: 'GLOBAL' },
    { sharedWith: { agents: ['editor'], teams: [] } },
    { sharedWith: { agents: [], teams: ['editor', 'analyst'] } },
    { namespace: 'other' },
    { user: 'user_42' },
    { session: 's2' },
  ])('is another for %j: a memory lends nothing to those who may not read it', (change) => {
    expect(contextKey({ ...memory, ...change })).not.toBe(contextKey(memory));
  });

  test('is missing without a session', () => {
    expect(contextKey({ ...memory, session: null })).toBeNull();
  });
});

describe('context', () => {
  const passagesOf = (name: string) => (name.startsWith('long') ? 2 : 1);

  test('comes from the three memories before, the nearest first', () => {
    expect(contextOf(['a', 'b', 'c', 'd', 'e'], 4, passagesOf)).toEqual(['d', 'c', 'b']);
    expect(contextOf(['a', 'b'], 0, passagesOf)).toEqual([]);
  });

  test('ends at a memory of several passages, which neither gives nor has any', () => {
    expect(contextOf(['a', 'long', 'b', 'c'], 3, passagesOf)).toEqual(['b']);
    expect(contextOf(['a', 'b', 'long'], 2, passagesOf)).toEqual([]);
  });

  test('is owed by those that follow, as far as it reaches', () => {
    expect(dependentsOf(['a', 'b', 'c', 'd', 'e'], 0, passagesOf)).toEqual(['b', 'c', 'd']);
    expect(dependentsOf(['a', 'b', 'long', 'd'], 0, passagesOf)).toEqual(['b']);
    expect(dependentsOf(['long', 'b'], 0, passagesOf)).toEqual(['b']);
  });

  test('follows the time that something happened at, then the log', () => {
    const at = (occurredAt: string, position: string) => ({ occurredAt, position });
    const ordered = [
      at('2026-01-01T00:00:00.000Z', '9'),
      at('2026-01-02T00:00:00.000Z', '1'),
      at('2026-01-02T00:00:00.000Z', '2'),
    ];
    expect(ordered.toReversed().sort(comparePlaces)).toEqual(ordered);
  });

  test('moves a vector towards the one before, and keeps its length', () => {
    const mixed = mixVectors(Float32Array.of(1, 0), Float32Array.of(0, 1));
    expect(mixed[1]).toBeCloseTo(0.3 / Math.hypot(1, 0.3));
    expect(Math.hypot(...mixed)).toBeCloseTo(1);
  });
});
