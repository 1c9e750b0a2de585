// Many lists of (id, weight) pairs in two typed arrays: postings, and the terms of passages. Ids are 32 bits; weights
// are tenths, 16 bits: 0.5, 0.3 and 0.2 are exact, and so are their sums. A list that outgrows its place moves to one of
// twice the size, and the place is used again.

/** Weights are counted in tenths. */
export const TENTHS = 10;
const HEAVIEST = 0xffff;
const SMALLEST = 2;

export type PairLists = {
  /** The pairs of `list` are at start(list) … start(list) + count(list) of these. Replaced when they grow. */
  readonly ids: Uint32Array;
  readonly weights: Uint16Array;
  start(list: number): number;
  count(list: number): number;
  /** With a place for `capacity` pairs, if that is known. */
  create(capacity?: number): number;
  push(list: number, id: number, weight: number): void;
  /** Keeps the first `count` pairs. */
  truncate(list: number, count: number): void;
  /** Empties the list, and gives its number away again. */
  free(list: number): void;
  bytes(): number;
};

export function createPairLists(): PairLists {
  let ids = new Uint32Array(1024);
  let weights = new Uint16Array(1024);
  let top = 0;
  let starts = new Uint32Array(256);
  let counts = new Uint32Array(256);
  /** Capacity is SMALLEST << class; class −1: the list has no place yet. */
  let classes = new Int8Array(256).fill(-1);
  let lists = 0;
  const freeLists: number[] = [];
  const freePlaces: number[][] = Array.from({ length: 31 }, () => []);

  function place(sizeClass: number): number {
    const free = freePlaces[sizeClass]?.pop();
    if (free !== undefined) return free;
    const at = top;
    top += SMALLEST << sizeClass;
    if (top > ids.length) {
      const capacity = Math.max(top, Math.ceil(ids.length * 1.5));
      ids = grown(ids, new Uint32Array(capacity));
      weights = grown(weights, new Uint16Array(capacity));
    }
    return at;
  }

  /** The smallest place that holds so many. */
  function settle(list: number, capacity: number): void {
    const sizeClass = Math.max(0, 32 - Math.clz32((capacity - 1) >> 1));
    starts[list] = place(sizeClass);
    classes[list] = sizeClass;
  }

  function makeRoom(list: number): void {
    const old = classes[list] ?? -1;
    const from = starts[list] ?? 0;
    const to = place(old + 1);
    const count = counts[list] ?? 0;
    if (count > 0) {
      ids.copyWithin(to, from, from + count);
      weights.copyWithin(to, from, from + count);
    }
    if (old >= 0) freePlaces[old]?.push(from);
    starts[list] = to;
    classes[list] = old + 1;
  }

  function create(capacity = 0): number {
    const list = freeLists.pop() ?? another();
    if (capacity > 0) settle(list, capacity);
    return list;
  }

  function another(): number {
    if (lists === starts.length) {
      const capacity = lists * 2;
      starts = grown(starts, new Uint32Array(capacity));
      counts = grown(counts, new Uint32Array(capacity));
      classes = grown(classes, new Int8Array(capacity).fill(-1));
    }
    return lists++;
  }

  return {
    get ids() {
      return ids;
    },
    get weights() {
      return weights;
    },
    start: (list) => starts[list] ?? 0,
    count: (list) => counts[list] ?? 0,
    create,
    push: (list, id, weight) => {
      const count = counts[list] ?? 0;
      const sizeClass = classes[list] ?? -1;
      if (sizeClass < 0 || count === SMALLEST << sizeClass) makeRoom(list);
      const at = (starts[list] ?? 0) + count;
      ids[at] = id;
      weights[at] = Math.min(weight, HEAVIEST);
      counts[list] = count + 1;
    },
    truncate: (list, count) => {
      counts[list] = Math.min(count, counts[list] ?? 0);
    },
    free: (list) => {
      const sizeClass = classes[list] ?? -1;
      if (sizeClass >= 0) freePlaces[sizeClass]?.push(starts[list] ?? 0);
      classes[list] = -1;
      counts[list] = 0;
      freeLists.push(list);
    },
    bytes: () => ids.byteLength + weights.byteLength + starts.byteLength * 2 + classes.byteLength,
  };
}

/** The same contents in a larger array. */
export function grown<T extends Uint32Array | Int32Array | Uint16Array | Int8Array | Uint8Array | Float64Array>(
  from: T,
  to: T,
): T {
  to.set(from);
  return to;
}
