// The best memories of many passages. A memory is worth its best passage; among equals the one recorded first comes first.
import type { Passage } from './passage.ts';

/** The best passage of each of the best `limit` memories, best first. */
export function bestOf(passages: readonly Passage[], score: (passage: Passage) => number, limit: number): Passage[] {
  const best = new Map<string, Scored>();
  for (const passage of passages) {
    const scored = { passage, score: score(passage) };
    const known = best.get(passage.memory);
    if (known === undefined || scored.score > known.score) best.set(passage.memory, scored);
  }
  return [...best.values()]
    .sort(compare)
    .slice(0, limit)
    .map(({ passage }) => passage);
}

type Scored = { passage: Passage; score: number };

const compare = (a: Scored, b: Scored): number =>
  b.score - a.score || (a.passage.recorded < b.passage.recorded ? -1 : a.passage.recorded > b.passage.recorded ? 1 : 0);
