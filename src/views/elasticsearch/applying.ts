// A batch of changes into the indices: only the last change of each document, and none that is older than what is there.
import type { Instant, Position } from '../../domain/event.ts';
import { isAlive } from '../../domain/memory.ts';
import { ordinalOf } from '../../domain/position.ts';
import { noVotes } from '../../domain/votes.ts';
import type { Analyse } from '../../text/analysis.ts';
import type { RecordDocument } from '../record-attributes.ts';
import { RejectedChanges } from '../rejected-changes.ts';
import type { Change, DocumentKey, DocumentKind } from '../view-store.ts';
import { type Bulk, openBulk, type Rejected, type Write } from './bulk.ts';
import type { Elastic } from './client.ts';
import {
  documentId,
  forgottenDocument,
  indexOf,
  keptSource,
  memoryDocument,
  recordSource,
  votesDocument,
} from './documents.ts';
import { fetchSources } from './fetching.ts';
import type { Indexing, IndexingParts, Turn } from './indexing.ts';
import type { Names } from './names.ts';
import { createTurns } from './turns.ts';

export type Applying = {
  /**
   * Fails with RejectedChanges when all but those was written. Gives back the hashes of texts that went. Nothing is
   * written before `admitted`, nor when that fails.
   */
  apply(changes: readonly Change[], admitted: Promise<void>): Promise<string[]>;
  /**
   * Takes those that have expired at `now` out of what is found; with `bury`, they are as good as forgotten. Gives back
   * the hashes of texts that went.
   */
  remove(ids: readonly string[], now: Instant, bury: boolean): Promise<string[]>;
};

type Options = {
  elastic: Elastic;
  names: Names;
  analyse: Analyse;
  indexing: Indexing;
  parts: IndexingParts;
};

/** Memories that are analysed while those before are on their way. */
const SLICE = 250;

type VotesChange = Extract<Change, { kind: 'votes' }>;
type RecordChange = Exclude<Change, { kind: 'memory' | 'votes' }>;

export function createApplying({ elastic, names, analyse, indexing, parts }: Options): Applying {
  const { memories, neighbours } = parts;
  const making = createTurns(analyse, parts);

  /** Writes what `fill` adds. When not all of it was written, nothing that is remembered of it can be relied on. */
  async function written(
    turns: ReadonlyMap<string, Turn>,
    fill: (bulk: Bulk) => Promise<string[]>,
    admitted?: Promise<void>,
  ): Promise<string[]> {
    const bulk = openBulk(elastic, names, admitted);
    let rejected: Rejected[];
    let left: string[];
    try {
      left = await fill(bulk);
      rejected = await bulk.end();
    } catch (error) {
      forget(turns);
      throw error;
    }
    if (rejected.length > 0) {
      forget(turns);
      throw new RejectedChanges(rejected.map(({ write, reason }) => ({ key: keyOf(write), reason })));
    }
    return left;
  }

  function forget(turns: ReadonlyMap<string, Turn>): void {
    memories.forget(turns.keys());
    const keys = [...turns.values()].flatMap(({ before, after }) => [before?.neighbours, after?.held.neighbours]);
    neighbours.forget(keys.filter((key) => typeof key === 'string'));
  }

  /** What is not written now is what is there. */
  async function forgottenAmong(
    changes: readonly VotesChange[],
    turns: ReadonlyMap<string, Turn>,
  ): Promise<Set<string>> {
    const ids = changes.map(({ tenant, id }) => documentId(tenant, id));
    const helds = await memories.held(ids.filter((id) => !turns.has(id)));
    return new Set(ids.filter((id) => (turns.has(id) ? turns.get(id)?.after === null : helds.get(id)?.forgotten)));
  }

  /** The positions of the votes of those memories that have any. */
  async function votesOf(ids: readonly string[]): Promise<[id: string, position: Position][]> {
    const places = ids.map((id) => ({ index: names.alias('votes'), id }));
    const sources = await fetchSources(elastic, places, { what: 'the votes cannot be read' });
    return ids.flatMap((id, i): [string, Position][] =>
      sources[i] === undefined ? [] : [[id, keptSource.parse(sources[i]).position]],
    );
  }

  /** A forgotten memory's votes go with it. */
  async function emptyVotes(ids: readonly string[], turns: ReadonlyMap<string, Turn>, bulk: Bulk): Promise<void> {
    for (const [id, votesAt] of await votesOf(ids)) {
      const turn = turns.get(id);
      if (!turn?.before) continue;
      const { tenant, memory } = turn.before;
      const position = votesAt > turn.position ? votesAt : turn.position;
      const document = votesDocument(tenant, memory, noVotes, position);
      await bulk.add({ index: 'votes', id, version: ordinalOf(position), document });
    }
  }

  async function addMemories(turns: ReadonlyMap<string, Turn>, bulk: Bulk) {
    for (const [id, { before, after, position, revision }] of turns) {
      const version = ordinalOf(position);
      if (after === null) {
        const key = splitId(id);
        const recorded = before?.recorded ?? position;
        const document = forgottenDocument({ ...key, revision }, position, recorded);
        await bulk.add({ index: 'memories', id, version, document });
        const { tenant, id: memory } = key;
        memories.note(id, { tenant, memory, position, recorded, neighbours: null, forgotten: true, hashes: [] }, null);
      } else {
        const { recorded, neighbours: group, hashes } = after.held;
        const place = { recorded, hashes, ...(group !== null && { neighbours: group }) };
        await bulk.add({ index: 'memories', id, version, document: memoryDocument(after.memory, position, place) });
        memories.note(id, after.held, after);
      }
    }
  }

  async function writeSlice(turns: ReadonlyMap<string, Turn>, bulk: Bulk): Promise<string[]> {
    const left = await indexing.write(turns, bulk);
    await addMemories(turns, bulk);
    const buried = [...turns].flatMap(([id, { before, after }]) => (after === null && before !== null ? [id] : []));
    await emptyVotes(buried, turns, bulk);
    return left;
  }

  return {
    async apply(changes, admitted) {
      const last = lastOfEach(changes);
      const writes = await making.writesOf(changes, last);
      const votes = last.filter((change) => change.kind === 'votes');
      const turns = new Map<string, Turn>();
      return written(
        turns,
        async (bulk) => {
          const left: string[] = [];
          const sliceAt = (start: number) => writes.slice(start, start + SLICE);
          let next = making.turnsOf(sliceAt(0));
          for (let start = 0; start < writes.length; start += SLICE) {
            const slice = await next;
            for (const [id, turn] of slice) turns.set(id, turn);
            // What the next ones ask the server for is there by the time that these are written.
            next = making.turnsOf(sliceAt(start + SLICE));
            next.catch(() => {});
            left.push(...(await writeSlice(slice, bulk)));
          }
          const forgotten = await forgottenAmong(votes, turns);
          for (const { tenant, id, position, document } of votes) {
            const key = documentId(tenant, id);
            const source = votesDocument(tenant, id, forgotten.has(key) ? noVotes : document, position);
            await bulk.add({ index: 'votes', id: key, version: ordinalOf(position), document: source });
          }
          for (const change of last)
            if (change.kind !== 'memory' && change.kind !== 'votes') await bulk.add(recordWrite(change));
          return left;
        },
        admitted,
      );
    },

    async remove(ids, now, bury) {
      const turns = new Map<string, Turn>();
      // One may have been given longer since it was looked for.
      for (const [id, { held, memory }] of await memories.told(ids))
        if (!isAlive(memory, now))
          turns.set(id, { before: held, after: null, position: held.position, revision: memory.revision });
      return written(turns, async (bulk) => {
        const left = await indexing.write(turns, bulk);
        if (!bury) return left;
        await addMemories(turns, bulk);
        await emptyVotes([...turns.keys()], turns, bulk);
        return left;
      });
    },
  };
}

const recordWrite = (change: RecordChange): Write => ({
  index: indexOf[change.kind],
  id: documentId(change.tenant, change.id),
  version: ordinalOf(change.position),
  document: recordSource(change.tenant, change.id, change as RecordDocument, change.position),
});

/** In one batch nobody sees what came in between. */
function lastOfEach(changes: readonly Change[]): Change[] {
  const last = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.kind} ${documentId(change.tenant, change.id)}`;
    const before = last.get(key);
    if (before === undefined || before.position <= change.position) last.set(key, change);
  }
  return [...last.values()];
}

/** The tenant and the id of a `documentId`. */
function splitId(id: string): { tenant: string; id: string } {
  const plus = id.indexOf('+');
  return { tenant: id.slice(0, plus), id: id.slice(plus + 1) };
}

const kindOf: Partial<Record<Write['index'], DocumentKind>> = {
  memories: 'memory',
  passages: 'memory',
  ...Object.fromEntries(Object.entries(indexOf).map(([kind, index]) => [index, kind])),
};

/** The document that a write was made for. */
function keyOf({ index, id }: Write): DocumentKey {
  const [document = id] = index === 'passages' ? id.split('#') : [id];
  return { kind: kindOf[index] ?? 'memory', ...splitId(document) };
}
