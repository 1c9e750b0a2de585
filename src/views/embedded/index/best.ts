// The best memories of many passages. A memory is worth its best passage; among equals the one recorded first comes
// first, so that the same log gives the same answer.
import type { Entry } from './entry.ts';
import { createThreshold } from './threshold.ts';

/** Passages in any order: what the first `count` are worth, and whose each is. */
export type Scored = { count: number; scores: Float64Array | Int32Array; entryOf(index: number): Entry };

/** The score of the `limit`-th best memory; −∞ when there are fewer memories. */
export function scoreAtLimit({ count, scores, entryOf }: Scored, limit: number): number {
  const threshold = createThreshold(limit);
  const divided = new Map<Entry, number>();
  let least = threshold.value();
  for (let index = 0; index < count; index++) {
    const score = scores[index] ?? 0;
    if (score <= least) continue;
    const entry = entryOf(index);
    if (entry.passages.length === 1) {
      threshold.offer(score);
      least = threshold.value();
    } else {
      divided.set(entry, Math.max(score, divided.get(entry) ?? score));
    }
  }
  for (const score of divided.values()) threshold.offer(score);
  return threshold.value();
}

/** The best `limit` memories. */
export function bestOf(scored: Scored, limit: number): Entry[] {
  const { count, scores, entryOf } = scored;
  const least = scoreAtLimit(scored, limit);
  const best = new Map<Entry, number>();
  for (let index = 0; index < count; index++) {
    const score = scores[index] ?? 0;
    if (score < least) continue;
    const entry = entryOf(index);
    best.set(entry, Math.max(score, best.get(entry) ?? score));
  }
  return Array.from(best)
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || compareRecorded(a, b))
    .slice(0, limit)
    .map(([entry]) => entry);
}

function compareRecorded(a: Entry, b: Entry): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return a.number - b.number;
}
