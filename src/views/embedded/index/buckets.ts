// Memories that are allowed or denied together, and what the statistics need of them. Rights are asked for once a
// bucket, not once a memory. Bucket 0 is that of rows that are gone: it is never allowed.
import type { Bucket } from './types.ts';

export type BucketState = {
  readonly id: number;
  readonly key: string;
  readonly bucket: Bucket;
  /** Memories that are in it: at 0 it is given up. */
  memories: number;
  /** Passages, and the sum of their lengths in tenths: whole numbers, so that no order of changes makes a difference. */
  passages: number;
  length: number;
  /** The slots of its vectors, in no order. */
  readonly slots: number[];
};

/** For IndexQuery: what a bucket is to a search. */
export const DENIED = 0;
/** Counts in the statistics, but is not asked for. */
export const COUNTED = 1;
export const FOUND = 2;

export type Buckets = {
  enter(bucket: Bucket): BucketState;
  leave(state: BucketState): void;
  all(): Iterable<BucketState>;
  /** DENIED, COUNTED or FOUND, by the bucket's id. */
  judge(allow: (bucket: Bucket) => boolean, within: (bucket: Bucket) => boolean): Uint8Array;
};

export function createBuckets(): Buckets {
  const byKey = new Map<string, BucketState>();
  /** Of buckets that came before, so that a load makes no key for each memory. */
  const keys = new WeakMap<Bucket, string>();
  const freeIds: number[] = [];
  let ids = 1;

  return {
    enter: (bucket) => {
      const key = keys.get(bucket) ?? keyOf(bucket);
      let state = byKey.get(key);
      if (state === undefined) {
        const id = freeIds.pop() ?? ids++;
        state = { id, key, bucket, memories: 0, passages: 0, length: 0, slots: [] };
        byKey.set(key, state);
        keys.set(bucket, key);
      }
      state.memories++;
      return state;
    },
    leave: (state) => {
      if (--state.memories > 0) return;
      byKey.delete(state.key);
      freeIds.push(state.id);
    },
    all: () => byKey.values(),
    judge: (allow, within) => {
      const verdicts = new Uint8Array(ids);
      for (const { id, bucket } of byKey.values()) if (allow(bucket)) verdicts[id] = within(bucket) ? FOUND : COUNTED;
      return verdicts;
    },
  };
}

function keyOf({ tenant, agent, scope, sharedWith, namespace, deprecated }: Bucket): string {
  const shares = [[...new Set(sharedWith.agents)].sort(), [...new Set(sharedWith.teams)].sort()];
  return JSON.stringify([tenant, agent, scope, shares, namespace, deprecated]);
}
