// Commands on one thing take turns within this process: 64 writers at once then write 64 times, and do not each decide
// again 64 times. Writers of other processes are still raced, by the expected revision.
import { failure } from '../domain/failure.ts';

export type Turns = <Result>(line: string, work: () => Promise<Result>) => Promise<Result>;

/** Commands that may wait in one line. */
const MOST_WAITING = 1_000;

export function createTurns(): Turns {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>();

  return async (name, work) => {
    const line = lines.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (line.length >= MOST_WAITING)
      throw failure('UNAVAILABLE', 'too many others wait to change the same', { limit: MOST_WAITING });
    lines.set(name, line);
    line.length += 1;
    const turn = line.last.then(work);
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.length -= 1;
      if (line.length === 0) lines.delete(name);
    }
  };
}
