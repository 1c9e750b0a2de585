// Keeps passages, neighbours, vectors and wanted texts in step with the memories. What one memory says is also indexed
// with up to three that follow it in its session, so whoever changes it has those written again too.
import { ordinalOf } from '../../domain/position.ts';
import { contextOf, dependentsOf } from '../../text/context.ts';
import type { Bulk } from './bulk.ts';
import { type GonePassage, passageId } from './documents.ts';
import type { Held, HeldMemories, Told } from './held.ts';
import { insert, type Member, memberFor, type Neighbours } from './neighbours.ts';
import { passageDocuments } from './passages.ts';
import type { Vectors } from './vectors.ts';
import type { Wanted } from './wanted.ts';

/** A memory that changes: what was indexed of it, and what is to be. */
export type Turn = {
  before: Held | null;
  /** null: nothing of it is found any more. */
  after: Told | null;
  /** Of which its passages are to be. */
  position: string;
  /** Of the event that it is changed by. */
  revision: number;
};

export type Indexing = {
  /**
   * Adds what there is to write. Gives back the hashes of texts that the memories had and have no more. The memories'
   * own documents must be added after: until a passage that goes is gone, the document says that it is there.
   */
  write(turns: ReadonlyMap<string, Turn>, bulk: Bulk): Promise<string[]>;
  /** Writes memories once more whose vectors have come, and those that borrow of them. */
  rewrite(ids: readonly string[], bulk: Bulk): Promise<void>;
};

export type IndexingParts = { memories: HeldMemories; neighbours: Neighbours; vectors: Vectors; wanted: Wanted };

type Lists = ReadonlyMap<string, Member[]>;

const passagesOf = (member: Member): number => member.passages;

export function createIndexing({ memories, neighbours, vectors, wanted }: IndexingParts): Indexing {
  async function listsOf(helds: Iterable<Held | null | undefined>): Promise<Lists> {
    const keys: string[] = [];
    for (const held of helds) if (held?.neighbours) keys.push(held.neighbours);
    return neighbours.load(keys);
  }

  /** Moves the memory in its lists; gives back what borrowed, or will borrow, from it. */
  function move(id: string, { before, after }: Turn, lists: Lists): Member[] {
    const touched: Member[] = [];
    const left = lists.get(before?.neighbours ?? '') ?? [];
    const place = placeIn(left, id);
    if (place >= 0) {
      touched.push(...dependentsOf(left, place, passagesOf));
      left.splice(place, 1);
    }
    const list = lists.get(after?.held.neighbours ?? '');
    if (after === null || list === undefined) return touched;
    const member = memberFor(id, after.memory, after.held.recorded, after.analysis.passages.length);
    touched.push(...dependentsOf(list, insert(list, member), passagesOf));
    return touched;
  }

  const lendersOf = (id: string, { held }: Told, lists: Lists): Member[] => {
    const list = lists.get(held.neighbours ?? '') ?? [];
    return contextOf(list, placeIn(list, id), passagesOf);
  };

  /** `written`: memories as they are to be from now on; the others are as they were. */
  async function passagesFor(ids: Iterable<string>, written: ReadonlyMap<string, Told>, lists: Lists, bulk: Bulk) {
    const told = new Map([...(await memories.told([...ids].filter((id) => !written.has(id)))), ...only(written, ids)]);
    const lenders = new Map(
      Array.from(told, ([id, one]) => [id, lendersOf(id, one, lists).map((member) => member.id)]),
    );
    const known = new Map([...told, ...written]);
    const others = new Set([...lenders.values()].flat().filter((id) => !known.has(id)));
    for (const [id, one] of await memories.told([...others])) known.set(id, one);
    const hashes = [...told].flatMap(([id, { held }]) => [...held.hashes, ...previousOf(lenders.get(id), known)]);
    const found = await vectors.find(hashes);
    for (const [id, one] of told) {
      const lending = (lenders.get(id) ?? []).flatMap((lender) => known.get(lender) ?? []);
      const version = ordinalOf(one.held.position);
      for (const document of passageDocuments(one, lending, found))
        await bulk.add({
          index: 'passages',
          id: passageId(one.memory.tenant, one.memory.id, document.index),
          version,
          document,
        });
      wanted.leave(id, one.held.hashes);
      wanted.add(id, one, new Set(one.held.hashes.filter((hash) => !found.has(hash))));
    }
  }

  return {
    async write(turns, bulk) {
      const all = [...turns.values()];
      const lists = await listsOf(all.flatMap(({ before, after }) => [before, after?.held]));
      const ids = new Set<string>();
      const written = new Map<string, Told>();
      const left: string[] = [];
      for (const [id, turn] of turns) {
        for (const member of move(id, turn, lists)) ids.add(member.id);
        if (turn.after !== null) written.set(id, turn.after);
        left.push(...leaving(id, turn));
      }
      const going = Array.from(turns.values(), (turn) => [...gone(turn)]).flat();
      for (const write of going) await bulk.add(write);
      if (going.length > 0) await bulk.settle();
      for (const id of turns.keys()) ids.delete(id);
      await passagesFor([...written.keys(), ...ids], written, lists, bulk);
      return left;
    },

    async rewrite(ids, bulk) {
      const told = await memories.told(ids);
      const lists = await listsOf(Array.from(told.values(), ({ held }) => held));
      const all = new Set(told.keys());
      for (const [id, { held }] of told) {
        const list = lists.get(held.neighbours ?? '') ?? [];
        const [next] = dependentsOf(list, placeIn(list, id), passagesOf);
        if (next !== undefined) all.add(next.id);
      }
      await passagesFor(all, new Map(), lists, bulk);
    },
  };

  function leaving(id: string, { before, after }: Turn): string[] {
    const kept = new Set(after?.held.hashes);
    const left = (before?.hashes ?? []).filter((hash) => !kept.has(hash));
    wanted.leave(id, before?.hashes ?? []);
    return left;
  }
}

/** What it was asked for last is mostly near the end. */
const placeIn = (list: readonly Member[], id: string): number => list.findLastIndex((member) => member.id === id);

const only = (told: ReadonlyMap<string, Told>, ids: Iterable<string>): [string, Told][] =>
  [...ids].flatMap((id): [string, Told][] => {
    const one = told.get(id);
    return one === undefined ? [] : [[id, one]];
  });

/** The text whose vector a message has a part of. */
function previousOf(lenders: readonly string[] | undefined, known: ReadonlyMap<string, Told>): string[] {
  const hash = known.get(lenders?.[0] ?? '')?.held.hashes[0];
  return hash === undefined ? [] : [hash];
}

/** Emptied, not deleted: a deleted document's version is soon forgotten, and an older write would bring it back. */
function* gone({ before, after, position }: Turn) {
  if (before === null) return;
  const document: GonePassage = { gone: true, goneBy: position };
  for (let index = after?.held.hashes.length ?? 0; index < before.hashes.length; index++) {
    const id = passageId(before.tenant, before.memory, index);
    yield { index: 'passages' as const, id, version: ordinalOf(position), document };
  }
}
