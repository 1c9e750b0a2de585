// What the memories of a batch were before it and are to be after it.
import type { Position } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import type { Analyse } from '../../text/analysis.ts';
import type { Change } from '../view-store.ts';
import { documentId } from './documents.ts';
import type { Held, Told } from './held.ts';
import type { IndexingParts, Turn } from './indexing.ts';
import { neighboursKey } from './neighbours.ts';

type MemoryChange = Extract<Change, { kind: 'memory' }>;

/** What a batch does to a memory: its last change, since nobody sees what came in between. */
export type MemoryWrite = {
  id: string;
  change: MemoryChange;
  /** Of its first change in the batch. */
  first: Position;
  /** It was recorded then, and cannot be there yet. */
  isNew: boolean;
};

export type Turns = {
  /** Asks first, and at once, for what is not remembered of the memories that may be there. */
  writesOf(changes: readonly Change[], last: readonly Change[]): Promise<MemoryWrite[]>;
  /** Those that are not done already, by id; with the vectors of their texts at hand. */
  turnsOf(writes: readonly MemoryWrite[]): Promise<Map<string, Turn>>;
};

export function createTurns(
  analyse: Analyse,
  { memories, vectors }: Pick<IndexingParts, 'memories' | 'vectors'>,
): Turns {
  const held = (writes: readonly MemoryWrite[]) =>
    memories.held(writes.filter(({ isNew }) => !isNew).map(({ id }) => id));

  function tell(memory: Memory, position: Position, recorded: Position): Told {
    const analysis = analyse(memory);
    const { tenant, id } = memory;
    const place = { recorded, neighbours: neighboursKey(memory) };
    const hashes = analysis.passages.map(({ hash }) => hash);
    return { memory, analysis, held: { tenant, memory: id, position, ...place, forgotten: false, hashes } };
  }

  return {
    async writesOf(changes, last) {
      const firsts = firstOfEach(changes);
      const writes = last.flatMap((change): MemoryWrite[] => {
        if (change.kind !== 'memory') return [];
        const id = documentId(change.tenant, change.id);
        const { document, position } = firsts.get(id) ?? change;
        return [{ id, change, first: position, isNew: document.revision === 0 && memories.isNew(id, position) }];
      });
      await held(writes);
      return writes;
    },

    async turnsOf(writes) {
      const helds = await held(writes);
      const turns = new Map<string, Turn>();
      for (const { id, first, change } of writes) {
        const { position, document } = change;
        const before = helds.get(id) ?? null;
        if (before !== null && isDone(before, change)) continue;
        const recorded = before?.recorded ?? first;
        turns.set(id, { before, after: document.forgotten ? null : tell(document, position, recorded), position });
      }
      await vectors.find(Array.from(turns.values(), ({ after }) => after?.held.hashes ?? []).flat());
      return turns;
    },
  };
}

function firstOfEach(changes: readonly Change[]): Map<string, MemoryChange> {
  const firsts = new Map<string, MemoryChange>();
  for (const change of changes) {
    if (change.kind !== 'memory') continue;
    const id = documentId(change.tenant, change.id);
    const known = firsts.get(id);
    if (known === undefined || change.position < known.position) firsts.set(id, change);
  }
  return firsts;
}

/**
 * Older than what is there, or what was taken out of there since. What is as new is done again: its passages may not have
 * been written.
 */
const isDone = (before: Held, { position, document }: MemoryChange): boolean =>
  before.position > position || (before.position === position && before.forgotten && !document.forgotten);
