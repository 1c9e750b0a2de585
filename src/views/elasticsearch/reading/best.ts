// The best memories of many passages. A memory is worth its best passage; among equals the one recorded first comes first.
import type { Position } from '../../../domain/event.ts';

export type Scored = { memory: string; recorded: Position; score: number };

/** The ids of the best `limit` memories, best first. */
export function bestOf(passages: readonly Scored[], limit: number): string[] {
  const best = new Map<string, Scored>();
  for (const passage of passages) {
    const known = best.get(passage.memory);
    if (known === undefined || passage.score > known.score) best.set(passage.memory, passage);
  }
  return [...best.values()]
    .sort(compare)
    .slice(0, limit)
    .map(({ memory }) => memory);
}

const compare = (a: Scored, b: Scored): number =>
  b.score - a.score || (a.recorded < b.recorded ? -1 : a.recorded > b.recorded ? 1 : 0);
