// The k-th best of many scores, without sorting them: a heap of the k best, the worst of them on top.

export type Threshold = {
  offer(score: number): void;
  /** The k-th best of what was offered; −∞ while there are fewer. */
  value(): number;
};

export function createThreshold(k: number): Threshold {
  const heap = new Float64Array(k);
  let size = 0;

  function siftUp(score: number): void {
    let at = size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= score) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = score;
  }

  function replaceWorst(score: number): void {
    let at = 0;
    for (let child = 1; child < k; child = 2 * at + 1) {
      if (child + 1 < k && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const below = heap[child] ?? 0;
      if (below >= score) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = score;
  }

  return {
    offer: (score) => {
      if (size < k) siftUp(score);
      else if (score > (heap[0] ?? Number.POSITIVE_INFINITY)) replaceWorst(score);
    },
    value: () => (size < k ? Number.NEGATIVE_INFINITY : (heap[0] ?? Number.NEGATIVE_INFINITY)),
  };
}
