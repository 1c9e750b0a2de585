// One append a stream at a time in this process, so that its own appends do not run into each other.

export type Turns = { take<T>(streams: readonly string[], work: () => Promise<T>): Promise<T> };

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    /** Takes its place behind all that came before in any of the streams, at once: so nobody waits in a circle. */
    async take(streams, work) {
      const before: Promise<void>[] = [];
      const { promise: done, resolve: finish } = Promise.withResolvers<void>();
      for (const stream of streams) {
        const turn = last.get(stream);
        if (turn !== undefined) before.push(turn);
        last.set(stream, done);
      }
      try {
        if (before.length > 0) await Promise.all(before);
        return await work();
      } finally {
        for (const stream of streams) if (last.get(stream) === done) last.delete(stream);
        finish();
      }
    },
  };
}
