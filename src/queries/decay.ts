// How much a memory counts for less as it ages.
import type { Instant } from '../domain/event.ts';
import type { MemoryType } from '../domain/memory.ts';

/** In days. */
const halfLives: Record<MemoryType, number> = {
  EPISODIC: 7,
  PROGRESS: 14,
  STANDARD: 30,
  REFLECTION: 60,
  STRATEGY: 90,
  SEMANTIC: 90,
  PROCEDURAL: 180,
};

const DAY = 86_400_000;

/** 2^(−age / half-life) since it was said or became true; 1 for what is yet to come. */
export function decayOf(memory: { type: MemoryType; occurredAt: Instant }, now: Instant): number {
  const age = Math.max(0, Date.parse(now) - Date.parse(memory.occurredAt)) / DAY;
  return 2 ** (-age / halfLives[memory.type]);
}
