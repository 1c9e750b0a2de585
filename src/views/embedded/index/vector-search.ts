// The best memories by cosine, exact over the rows that are asked for: all of them are scanned at 4 bits; what is within
// the scan's error of the best is scanned at 8 bits, and what is then still within its error is scored in full. Memory is
// what a scan waits for, and 4 bits are half of 8.
import { bestOf, type Scored, scoreAtLimit } from './best.ts';
import { type BucketState, FOUND } from './buckets.ts';
import type { Entry, PassageEntry } from './entry.ts';
import { BATCH } from './vector-kernel.ts';
import type { VectorRows } from './vector-rows.ts';

/** Fewer rows are in the processor's cache anyway. */
const WORTH_FOUR_BITS = 10_000;

/** A filter; null: all. */
type Accept = ((entry: Entry) => boolean) | null;

export type VectorSearch = (
  verdicts: Uint8Array,
  buckets: Iterable<BucketState>,
  accept: Accept,
  question: Float32Array,
  limit: number,
) => Entry[];

export function createVectorSearch(vectors: VectorRows): VectorSearch {
  /** Kept from search to search. */
  let slots = new Uint32Array(0);
  let scores = new Int32Array(0);

  const passageAt = (slot: number): PassageEntry => {
    const passage = vectors.passageOf[slot];
    if (passage == null) throw new Error(`no passage at slot ${slot}`);
    return passage;
  };

  /** Gathers the slots that are asked for, and gives their number. */
  function gather(verdicts: Uint8Array, buckets: Iterable<BucketState>, accept: Accept): number {
    if (slots.length < vectors.size()) {
      slots = new Uint32Array(vectors.size() * 2);
      scores = new Int32Array(vectors.size() * 2);
    }
    const found = Array.from(buckets).filter(({ id }) => verdicts[id] === FOUND);
    const total = found.reduce((sum, bucket) => sum + bucket.slots.length, 0);
    const count = total > vectors.size() / 4 ? gatherInOrder(verdicts) : gatherByBucket(found);
    if (accept === null) return count;
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const slot = slots[at] ?? 0;
      if (accept(passageAt(slot).entry)) slots[kept++] = slot;
    }
    return kept;
  }

  /** In the order they have in memory, which is then read fastest. */
  function gatherInOrder(verdicts: Uint8Array): number {
    const { bucketOf, passageOf } = vectors;
    let count = 0;
    for (let slot = 0; slot < passageOf.length; slot++)
      if (verdicts[bucketOf[slot] ?? 0] === FOUND) slots[count++] = slot;
    return count;
  }

  /** Looks at no slot but those asked for. */
  function gatherByBucket(found: readonly BucketState[]): number {
    let count = 0;
    for (const bucket of found) for (const slot of bucket.slots) slots[count++] = slot;
    return count;
  }

  function scan(count: number, bits: 8 | 4): void {
    for (let from = 0; from < count; from += BATCH)
      scores.set(vectors.kernel.scan(slots.subarray(from, Math.min(from + BATCH, count)), bits), from);
  }

  /** Keeps the slots that may be among the best; gives their number. */
  function narrow(count: number, bits: 8 | 4, limit: number): number {
    scan(count, bits);
    const scanned: Scored = { count, scores, entryOf: (index) => passageAt(slots[index] ?? 0).entry };
    const least = scoreAtLimit(scanned, limit) - vectors.kernel.errorOf(bits);
    let kept = 0;
    for (let index = 0; index < count; index++) if ((scores[index] ?? 0) >= least) slots[kept++] = slots[index] ?? 0;
    return kept;
  }

  return (verdicts, buckets, accept, question, limit) => {
    let count = gather(verdicts, buckets, accept);
    if (count === 0) return [];
    vectors.kernel.ask(question);
    if (count > WORTH_FOUR_BITS) count = narrow(count, 4, limit);
    count = narrow(count, 8, limit);
    const close = Array.from(slots.subarray(0, count), passageAt);
    const exact: Scored = {
      count,
      scores: Float64Array.from(close, (passage) => vectors.cosine(passage) ?? 0),
      entryOf: (index) => (close[index] as PassageEntry).entry,
    };
    return bestOf(exact, limit);
  };
}
