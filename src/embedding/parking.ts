// Texts that the embedder refused, by hash, each for a while. Bounded.

export type Parking = {
  /** False when it is full. */
  add(hash: string): boolean;
  has(hash: string): boolean;
  size(): number;
  close(): void;
};

/** `onFree` is called whenever texts are let go to be tried again. */
export function createParking(places: number, milliseconds: number, onFree: () => void): Parking {
  // All stay equally long, so they leave in the order they came.
  const until = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function free(): void {
    const now = performance.now();
    for (const [hash, time] of until) if (time <= now) until.delete(hash);
    schedule();
    onFree();
  }

  function schedule(): void {
    const [first] = until.values();
    timer = first === undefined ? undefined : setTimeout(free, Math.max(1, first - performance.now())).unref();
  }

  return {
    add(hash) {
      if (until.size >= places) return false;
      until.set(hash, performance.now() + milliseconds);
      if (!timer) schedule();
      return true;
    },
    has: (hash) => until.has(hash),
    size: () => until.size,
    close() {
      clearTimeout(timer);
      until.clear();
    },
  };
}
