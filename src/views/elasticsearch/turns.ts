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
  /** What is there of it. */
  before: Held | null;
  /** Where it was recorded. */
  recorded: Position;
};

export type Turns = {
  /** Asks, at once for all, what is there. */
  writesOf(changes: readonly Change[], last: readonly Change[]): Promise<MemoryWrite[]>;
  /** Those that are not done already, by id; with the vectors of their texts at hand. */
  turnsOf(writes: readonly MemoryWrite[]): Promise<Map<string, Turn>>;
};

export function createTurns(
  analyse: Analyse,
  { memories, vectors }: Pick<IndexingParts, 'memories' | 'vectors'>,
): Turns {
  /** It is recorded in this batch, and cannot be there yet. */
  const isNew = (id: string, { document, position }: MemoryChange): boolean =>
    document.revision === 0 && memories.isNew(id, position);

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
      const helds = await memories.held([...firsts].filter(([id, first]) => !isNew(id, first)).map(([id]) => id));
      return last.flatMap((change): MemoryWrite[] => {
        if (change.kind !== 'memory') return [];
        const id = documentId(change.tenant, change.id);
        const before = helds.get(id) ?? null;
        return [{ id, change, before, recorded: before?.recorded ?? firsts.get(id)?.position ?? change.position }];
      });
    },

    async turnsOf(writes) {
      const turns = new Map<string, Turn>();
      for (const { id, change, before, recorded } of writes) {
        const { position, document } = change;
        if (before !== null && isDone(before, change)) continue;
        const after = document.forgotten ? null : tell(document, position, recorded);
        turns.set(id, { before, after, position, revision: document.revision });
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
