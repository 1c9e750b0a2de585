// One append a stream at a time in this process, so that its own appends do not run into each other.

export type Turns = { take<T>(streams: readonly string[], work: () => Promise<T>): Promise<T> };

/** A turn that is not over. Most are over before anybody waits for them, and then there is nothing to tell. */
type Turn = { ended: Promise<void> | null; end: () => void };

export function createTurns(): Turns {
  const last = new Map<string, Turn>();

  function ended(turn: Turn): Promise<void> {
    if (turn.ended === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      turn.ended = promise;
      turn.end = resolve;
    }
    return turn.ended;
  }

  return {
    /** Takes its place behind all that came before in any of the streams, at once: so nobody waits in a circle. */
    async take(streams, work) {
      const turn: Turn = { ended: null, end() {} };
      const before: Promise<void>[] = [];
      for (const stream of streams) {
        const other = last.get(stream);
        if (other !== undefined) before.push(ended(other));
        last.set(stream, turn);
      }
      try {
        if (before.length > 0) await Promise.all(before);
        return await work();
      } finally {
        for (const stream of streams) if (last.get(stream) === turn) last.delete(stream);
        turn.end();
      }
    },
  };
}
