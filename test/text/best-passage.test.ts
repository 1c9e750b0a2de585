import { describe, expect, test } from 'vitest';
import { bestPassage } from '../../src/text/best-passage.ts';

describe('the best passage', () => {
  test('by meaning and by words need not be the same', () => {
    const passages = [
      { similarity: 0.6, coverage: 0 },
      { similarity: 0.1, coverage: 0.5 },
    ];
    expect(bestPassage(passages)).toEqual({ similarity: 0.6, coverage: 0.5, byWords: 1, shown: 1 });
  });

  test('of equals is the first', () => {
    const passages = [
      { similarity: 0.3, coverage: 0.2 },
      { similarity: 0.3, coverage: 0.2 },
    ];
    expect(bestPassage(passages)).toMatchObject({ byWords: 0, shown: 0 });
  });

  test.for([2e-5, -2e-5])('has nothing in common where only rounding says so (%d)', (similarity) => {
    expect(bestPassage([{ similarity, coverage: null }]).similarity).toBe(0);
  });

  test('is apart where less is not rounding', () => {
    expect(bestPassage([{ similarity: -0.001, coverage: null }]).similarity).toBe(-0.001);
  });

  test('has what was asked for, and no more', () => {
    expect(bestPassage([{ similarity: null, coverage: null }])).toEqual({
      similarity: null,
      coverage: null,
      byWords: null,
      shown: 0,
    });
  });
});
