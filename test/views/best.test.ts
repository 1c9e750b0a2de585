// What measures are worth, and in which portions the documents of what was found are read.
import { describe, expect, test } from 'vitest';
import { scoreOf } from '../../src/text/score.ts';
import { portionsOf } from '../../src/views/best.ts';

describe('score', () => {
  test.each([
    ['HYBRID', 0.5, 0.5, null, 1.5],
    ['HYBRID', 0.25, 1, null, 4.25],
    ['HYBRID', -0.5, 0.25, null, -0.25],
    ['HYBRID', 0.4, 0, null, 0.4],
    ['HYBRID', null, 0.5, null, 1],
    ['HYBRID', null, 0, null, null],
    ['HYBRID', null, null, null, null],
    ['SEMANTIC', 0.5, null, null, 0.5],
    ['SEMANTIC', -0.5, null, null, -0.5],
    ['SEMANTIC', null, null, null, null],
    ['KEYWORD', null, 0.5, null, 0.5],
    ['KEYWORD', null, 0, null, null],
    // minScore: a semantic hit below it does not count.
    ['SEMANTIC', 0.3, null, 0.3, 0.3],
    ['SEMANTIC', 0.29, null, 0.3, null],
    ['HYBRID', 0.3, 0.5, 0.3, 1.3],
    ['HYBRID', 0.29, 0.5, 0.3, 1],
    ['HYBRID', 0.29, 0, 0.3, null],
    ['HYBRID', -1, 0, -1, -1],
    ['KEYWORD', null, 0.5, 0.9, 0.5],
  ] as const)(
    '%s: similarity %s and coverage %s, at least %s, make %s',
    (mode, similarity, coverage, minScore, score) => {
      const made = scoreOf({ similarity, coverage }, mode, minScore);
      if (score === null) expect(made).toBeNull();
      else expect(made).toBeCloseTo(score, 12);
    },
  );
});

describe('portions', () => {
  const found = [0.5, 1, 0, 0.5, 0.9, 0.2, 0.1].map((coverage) => ({ similarity: null, coverage }));

  /** The coverages of each portion; of each, `given` could be given. */
  function portions(
    count: number | null,
    given: (portion: number[]) => number = (portion) => portion.length,
  ): number[][] {
    const query = { mode: 'KEYWORD' as const, ...(count !== null && { best: { count, minScore: null } }) };
    const read: number[][] = [];
    let sum = 0;
    for (const some of portionsOf(found, query, () => sum)) {
      const portion = some.map(({ coverage }) => coverage);
      read.push(portion);
      sum += given(portion);
    }
    return read;
  }

  test('all at once when all are asked for, in their order', () => {
    expect(portions(null)).toEqual([[0.5, 1, 0, 0.5, 0.9, 0.2, 0.1]]);
  });

  test('no more than the best, and what is as good as the last of them', () => {
    expect(portions(1)).toEqual([[1]]);
    expect(portions(3)).toEqual([[1, 0.9, 0.5, 0.5]]);
    expect(portions(100)).toEqual([[1, 0.9, 0.5, 0.5, 0.2, 0.1]]);
  });

  test('the next ones for those that are gone', () => {
    expect(portions(2, (portion) => portion.filter((coverage) => coverage !== 0.9).length)).toEqual([
      [1, 0.9],
      [0.5, 0.5],
    ]);
    expect(portions(3, () => 0)).toEqual([
      [1, 0.9, 0.5, 0.5],
      [0.2, 0.1],
    ]);
  });
});
