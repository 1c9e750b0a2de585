// Views that another server writes, watched from here: whether they get on while the log has more.
import type { Position } from '../src/domain/event.ts';

export type Watch = {
  begin(): void;
  /** Why the views are not as they should be; null while there is nothing to be said. */
  standsStill(position: Position | null, atEnd: boolean): string | null;
};

/** Milliseconds, on a clock that nobody sets. */
export function createWatch(patience: number): Watch {
  let last: Position | null = null;
  let since = 0;
  const begin = () => {
    since = performance.now();
  };
  return {
    begin,
    standsStill(position, atEnd) {
      if (atEnd || position !== last) begin();
      last = position;
      if (performance.now() - since < patience) return null;
      return 'the views are behind the log and do not get on: no server projects, or the one that does cannot';
    },
  };
}
