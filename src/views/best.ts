// Which of what was found are given when only the best are asked for.
import type { Measures } from '../text/best-passage.ts';
import { scoreOf } from '../text/score.ts';
import type { SearchQuery } from './view-store.ts';

/**
 * What was found, in the portions in which to read its documents, so that few are read for nothing: the best first, and
 * with them what is as good as the last of them. `given` tells how many could be given so far, since some of what is
 * found is no longer there to be read. In one portion where all are asked for.
 */
export function* portionsOf<T extends Measures>(
  found: readonly T[],
  { mode, best }: Pick<SearchQuery, 'mode' | 'best'>,
  given: () => number,
): Generator<readonly T[]> {
  if (best === undefined) {
    yield found;
    return;
  }
  const { count, minScore } = best;
  const scored = found
    .flatMap((one) => {
      const score = scoreOf(one, mode, minScore);
      return score === null ? [] : [{ one, score }];
    })
    .sort((a, b) => b.score - a.score);
  for (let from = 0; from < scored.length && given() < count; ) {
    let to = Math.min(scored.length, from + count - given());
    while (to < scored.length && scored[to]?.score === scored[to - 1]?.score) to++;
    yield scored.slice(from, to).map(({ one }) => one);
    from = to;
  }
}
