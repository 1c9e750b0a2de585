// What there is of a story for an agent, memories and handoffs: by the visibility functions alone, over the documents as
// they are.
import { canSee } from '../../src/domain/handoff.ts';
import { canRead, type Reader } from '../../src/domain/visibility.ts';
import type { Lived } from './universe.ts';
import type { World } from './world.ts';

export async function readable(world: World, lived: Lived, agent: string): Promise<Set<string>> {
  const { reader } = await world.callerOf(agent);
  if (reader === null) return new Set();
  return new Set([...(await readableMemories(world, lived, reader)), ...(await visibleHandoffs(world, lived, reader))]);
}

async function readableMemories(world: World, { memories }: Lived, reader: Reader): Promise<string[]> {
  const keys = memories.map(({ id }) => ({ kind: 'memory' as const, tenant: 'acme', id }));
  const now = world.now();
  return (await world.views.load(keys)).flatMap((memory) => {
    if (memory === undefined || !('content' in memory)) return [];
    const alive = !memory.forgotten && (memory.expiresAt === null || memory.expiresAt > now);
    return alive && canRead(reader, memory) ? [memory.id] : [];
  });
}

async function visibleHandoffs(world: World, { handoffs }: Lived, reader: Reader): Promise<string[]> {
  const keys = handoffs.map(({ id }) => ({ kind: 'handoff' as const, tenant: 'acme', id }));
  return (await world.views.load(keys)).flatMap((handoff) =>
    handoff !== undefined && 'pinnedAt' in handoff && canSee(reader, handoff) ? [handoff.id] : [],
  );
}
