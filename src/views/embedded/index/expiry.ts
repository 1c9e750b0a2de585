// Who expires next.
import type { Instant } from '../../../domain/event.ts';
import type { Entry } from './entry.ts';
import { createHeap } from './heap.ts';

export type Expiry = {
  add(entry: Entry): void;
  /** Takes out what has expired at `now` and is still there. */
  due(now: Instant): Entry[];
};

/** `isCurrent` tells whether an entry is still in the index: what was removed or replaced stays in the heap for a while. */
export function createExpiry(isCurrent: (entry: Entry) => boolean): Expiry {
  const create = () => createHeap<Entry>((a, b) => (a.expiresAt ?? '') < (b.expiresAt ?? ''));
  let heap = create();
  let sweepAt = 1024;

  /** Keeps the heap below twice what is current. */
  function sweep(): void {
    const kept = create();
    for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) if (isCurrent(entry)) kept.push(entry);
    heap = kept;
    sweepAt = Math.max(1024, 2 * kept.size);
  }

  return {
    add: (entry) => {
      if (entry.expiresAt === null) return;
      heap.push(entry);
      if (heap.size > sweepAt) sweep();
    },
    due: (now) => {
      const found: Entry[] = [];
      for (let entry = heap.peek(); entry?.expiresAt != null && entry.expiresAt <= now; entry = heap.peek()) {
        heap.pop();
        if (isCurrent(entry)) found.push(entry);
      }
      return found;
    },
  };
}
