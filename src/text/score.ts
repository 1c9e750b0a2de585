// How a memory's two measures make one number.
import type { SearchMode } from '../domain/search-mode.ts';
import { fuse, type Measures } from './best-passage.ts';

/**
 * What a candidate's measures are worth in a mode, before decay and effectiveness; null: it is no hit. A similarity
 * below `minScore` does not count: such a candidate can only be found by its words.
 */
export function scoreOf({ similarity, coverage }: Measures, mode: SearchMode, minScore: number | null): number | null {
  const near = minScore === null || (similarity ?? -1) >= minScore ? similarity : null;
  const words = coverage ?? 0;
  switch (mode) {
    case 'SEMANTIC':
      return near;
    case 'KEYWORD':
      return words > 0 ? words : null;
    case 'HYBRID':
      return near === null && words === 0 ? null : fuse(near ?? 0, words);
  }
}
