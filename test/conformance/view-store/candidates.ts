// Whether an adapter's candidates are those of scoring everything, with the freedom that rounding and ties allow.
import { expect } from 'vitest';
import type { Candidate } from '../../../src/views/view-store.ts';
import { analyse } from '../../support/fixtures.ts';

const SIMILARITY_TOLERANCE = 1e-3;
const COVERAGE_TOLERANCE = 1e-6;

/** `all`: everything that either channel finds, by the naive store; `limit`: how many of each channel were asked for. */
export function expectSameCandidates(candidates: readonly Candidate[], all: readonly Candidate[], limit: number): void {
  const ids = new Set(candidates.map(({ memory }) => memory.id));
  expect(ids.size, 'each candidate once').toBe(candidates.length);
  const similarity = cutOf(
    all.map((one) => one.similarity),
    limit,
    SIMILARITY_TOLERANCE,
  );
  const coverage = cutOf(
    all.map((one) => one.coverage || null),
    limit,
    COVERAGE_TOLERANCE,
  );
  for (const expected of all) {
    const { memory } = expected;
    const found = candidates.find((candidate) => candidate.memory.id === memory.id);
    const covered = expected.coverage || null;
    const surely = similarity.isIn(expected.similarity) || coverage.isIn(covered);
    const maybe = similarity.mayBeIn(expected.similarity) || coverage.mayBeIn(covered);
    if (surely) expect([...ids], `among the best ${limit}`).toContain(memory.id);
    if (found === undefined) continue;
    expect(maybe, `${memory.id} is not among the best ${limit}`).toBe(true);
    expectSameMeasures(found, expected);
  }
  for (const id of ids) expect(all.map(({ memory }) => memory.id)).toContain(id);
}

function expectSameMeasures(found: Candidate, expected: Candidate): void {
  expect({ memory: found.memory, votes: found.votes }).toEqual({ memory: expected.memory, votes: expected.votes });
  expectNear(found.similarity, expected.similarity, SIMILARITY_TOLERANCE);
  expectNear(found.coverage, expected.coverage, COVERAGE_TOLERANCE);
  const { passages } = analyse(found.memory);
  if (passages.length === 1) {
    expect(found.passage).toBeNull();
    // In mode SEMANTIC nobody asked for words.
    if (found.coverage !== null) expect(found.matchedTerms.toSorted()).toEqual(expected.matchedTerms.toSorted());
  } else expect(passages.map(({ start, end }) => [start, end])).toContainEqual(found.passage);
}

function expectNear(value: number | null, expected: number | null, tolerance: number): void {
  if (value === null || expected === null) expect(value).toBe(expected);
  else expect(Math.abs(value - expected), `${value} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

/** Who is among the best `limit` of a channel for certain, and who may be, being as good as the last of them. */
function cutOf(values: readonly (number | null)[], limit: number, tolerance: number) {
  const found = values.filter((value) => value !== null).sort((a, b) => b - a);
  const last = found[limit - 1] ?? Number.NEGATIVE_INFINITY;
  const next = found[limit] ?? Number.NEGATIVE_INFINITY;
  return {
    isIn: (value: number | null) => value !== null && value > next + tolerance,
    mayBeIn: (value: number | null) => value !== null && value >= last - tolerance,
  };
}
