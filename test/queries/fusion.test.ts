import { describe, expect, test } from 'vitest';
import { effectivenessOf } from '../../src/domain/effectiveness.ts';
import { decayOf } from '../../src/queries/decay.ts';
import { byScore } from '../../src/queries/fusion.ts';
import { weighted } from '../../src/queries/playbook.ts';
import { someVotes } from '../support/fixtures.ts';

describe('order', () => {
  test('of equals the newest comes first, and of those the last by id', () => {
    const row = (score: number, createdAt: string, id: string) => ({ score, memory: { createdAt, id } });
    const best = [row(2, 'a', 'x'), row(1, 'c', 'a'), row(1, 'b', 'z'), row(1, 'b', 'y')];
    expect([best[3], best[0], best[2], best[1]].sort((a, b) => (a && b ? byScore(a, b) : 0))).toEqual(best);
  });
});

describe('decay', () => {
  const now = '2026-07-01T00:00:00.000Z';
  const daysAgo = (days: number) => new Date(Date.parse(now) - days * 86_400_000).toISOString();

  test.each([
    ['EPISODIC', 7],
    ['PROGRESS', 14],
    ['STANDARD', 30],
    ['REFLECTION', 60],
    ['STRATEGY', 90],
    ['SEMANTIC', 90],
    ['PROCEDURAL', 180],
  ] as const)('a memory of type %s halves in %i days', (type, days) => {
    expect(decayOf({ type, occurredAt: daysAgo(days) }, now)).toBe(0.5);
    expect(decayOf({ type, occurredAt: daysAgo(3 * days) }, now)).toBe(0.125);
  });

  test('what is new, or yet to come, counts whole', () => {
    expect(decayOf({ type: 'EPISODIC', occurredAt: now }, now)).toBe(1);
    expect(decayOf({ type: 'EPISODIC', occurredAt: daysAgo(-10) }, now)).toBe(1);
  });
});

describe('effectiveness, weighted by how sure it is', () => {
  const of = (helpful: number, harmful: number) => weighted(effectivenessOf(someVotes(helpful, harmful).votes));

  test('by hand: 30 helpful votes, and 30 harmful ones', () => {
    // 30/31 × the lower bound of 30 of 30: 1 / (1 + 1.96²/30).
    const bound = 1 / (1 + 1.959963984540054 ** 2 / 30);
    expect(of(30, 0)).toBeCloseTo((30 / 31) * bound, 12);
    expect(of(0, 30)).toBeCloseTo((-30 / 31) * bound, 12);
  });

  test('proof counts: more votes to one side weigh more', () => {
    expect(of(0, 0)).toBe(0);
    const rising = [of(0, 30), of(0, 1), of(0, 0), of(1, 0), of(30, 0)];
    expect(rising.toSorted((a, b) => a - b)).toEqual(rising);
  });
});
