// One append a stream at a time in this process, so that its own appends do not run into each other.

export type Turns = {
  /** Takes its place behind all that came before in any of the streams, at once: so nobody waits in a circle. */
  enter(streams: readonly string[]): Turn;
};

/** `begun`: when those before are over; null where there are none. Who took a turn ends it, whatever becomes of its work. */
export type Turn = { begun: Promise<unknown> | null; end(): void };

/** A turn that is not over. Most are over before anybody waits for them, and then there is nothing to tell. */
type Taken = { ended: Promise<void> | null; tell: (() => void) | null };

export function createTurns(): Turns {
  const last = new Map<string, Taken>();

  function endOf(taken: Taken): Promise<void> {
    taken.ended ??= new Promise((resolve) => (taken.tell = resolve));
    return taken.ended;
  }

  return {
    enter(streams) {
      const taken: Taken = { ended: null, tell: null };
      const before: Promise<void>[] = [];
      for (const stream of streams) {
        const other = last.get(stream);
        if (other !== undefined) before.push(endOf(other));
        last.set(stream, taken);
      }
      return {
        begun: before.length === 0 ? null : Promise.all(before),
        end() {
          for (const stream of streams) if (last.get(stream) === taken) last.delete(stream);
          taken.tell?.();
        },
      };
    },
  };
}
