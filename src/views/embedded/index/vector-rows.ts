// The vectors of passages: where each is, and which bucket's scan it belongs to.
import { VECTOR_CONTEXT } from '../../../text/context.ts';
import type { BucketState } from './buckets.ts';
import { NONE, type PassageEntry } from './entry.ts';
import { grown } from './pair-lists.ts';
import { createVectorKernel, type VectorKernel } from './vector-kernel.ts';

export type VectorRows = {
  readonly kernel: VectorKernel;
  readonly passageOf: readonly (PassageEntry | null)[];
  /** The id of a slot's bucket, 0 for a free slot. */
  readonly bucketOf: Uint32Array;
  /** How many passages have a vector. */
  size(): number;
  keep(passage: PassageEntry, vector: Float32Array): void;
  /** Gives a passage the vector that another one of the same text has. */
  copy(from: PassageEntry, to: PassageEntry): void;
  /** Keeps the vector of a text for a passage that is still to come. */
  stock(hash: string, vector: Float32Array): void;
  /** Gives a passage what is in stock for it. */
  claim(passage: PassageEntry): void;
  clearStock(): void;
  /** Mixes in the vector of `passage.previous` anew. */
  mix(passage: PassageEntry): void;
  drop(passage: PassageEntry): void;
  /** Of the question last asked and the passage; null while it has no vector. */
  cosine(passage: PassageEntry): number | null;
  bytes(): number;
};

export function createVectorRows(dimensions: number): VectorRows {
  const kernel = createVectorKernel(dimensions);
  const passageOf: (PassageEntry | null)[] = [];
  /** A slot's place among its bucket's. */
  let placeOf = new Uint32Array(256);
  let bucketOf = new Uint32Array(256);
  let size = 0;
  const stocked = new Map<string, number>();

  function enter(passage: PassageEntry, slot: number): void {
    passage.slot = slot;
    passageOf[slot] = passage;
    if (slot >= placeOf.length) {
      placeOf = grown(placeOf, new Uint32Array(slot * 2));
      bucketOf = grown(bucketOf, new Uint32Array(slot * 2));
    }
    const { bucket } = passage.entry;
    bucketOf[slot] = bucket.id;
    placeOf[slot] = bucket.slots.push(slot) - 1;
    size++;
  }

  /** The last of the bucket takes the place. */
  function leave(bucket: BucketState, slot: number): void {
    const place = placeOf[slot] ?? 0;
    const last = bucket.slots.pop();
    if (last !== undefined && last !== slot) {
      bucket.slots[place] = last;
      placeOf[last] = place;
    }
    passageOf[slot] = null;
    bucketOf[slot] = 0;
    kernel.giveBack(slot);
    size--;
  }

  const previousSlot = ({ previous }: PassageEntry) =>
    previous === null || previous.slot === NONE ? null : previous.slot;

  return {
    kernel,
    passageOf,
    get bucketOf() {
      return bucketOf;
    },
    size: () => size,
    keep: (passage, vector) => {
      if (passage.slot === NONE) enter(passage, kernel.take());
      kernel.keep(passage.slot, vector);
    },
    copy: (from, to) => {
      if (to.slot === NONE) enter(to, kernel.take());
      kernel.copy(from.slot, to.slot);
    },
    stock: (hash, vector) => {
      const slot = stocked.get(hash) ?? kernel.take();
      kernel.keep(slot, vector);
      stocked.set(hash, slot);
    },
    claim: (passage) => {
      const slot = stocked.get(passage.hash);
      if (slot === undefined) return;
      stocked.delete(passage.hash);
      enter(passage, slot);
    },
    clearStock: () => {
      for (const slot of stocked.values()) kernel.giveBack(slot);
      stocked.clear();
    },
    mix: (passage) => {
      if (passage.slot !== NONE) kernel.mix(passage.slot, previousSlot(passage), VECTOR_CONTEXT);
    },
    drop: (passage) => {
      if (passage.slot === NONE) return;
      leave(passage.entry.bucket, passage.slot);
      passage.slot = NONE;
    },
    cosine: (passage) =>
      passage.slot === NONE ? null : kernel.cosine(passage.slot, previousSlot(passage), VECTOR_CONTEXT),
    bytes: () => kernel.bytes() + placeOf.byteLength + bucketOf.byteLength,
  };
}
