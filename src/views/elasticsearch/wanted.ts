// Texts that want a vector, and which memories have them: in memory for what was written a while ago, found in the index
// else. It is bounded: what there is no room for is found again when the rest is done.
import { z } from 'zod';
import type { Memory } from '../../domain/memory.ts';
import { passageText } from '../../text/analyse.ts';
import type { WantedVector } from '../view-store.ts';
import type { Elastic } from './client.ts';
import { documentId } from './documents.ts';
import type { HeldMemories, Told } from './held.ts';
import type { Names } from './names.ts';

export type Wanted = {
  /** Oldest first. */
  first(limit: number): Promise<WantedVector[]>;
  /** A memory of which these texts are to be embedded. */
  add(id: string, told: Omit<Told, 'held'>, hashes: ReadonlySet<string>): void;
  /** The memory has these texts no more, or is to be added again. */
  leave(id: string, hashes: readonly string[]): void;
  /** Of each text, the memories known here to have it. */
  holders(hash: string): Iterable<string>;
  /** It has its vector. */
  done(hash: string): void;
  /** `empty`: nothing in the index wants one. */
  clear(empty: boolean): void;
};

const MOST_WANTED = 5_000;
/** Rows of one answer. */
const PAGE = 1_000;

/** A search may still find texts whose vector is there. So after an empty answer the index is believed this long. */
const BELIEVED = 30_000;

const source = z.object({ tenant: z.string(), memory: z.string(), hash: z.string() });

type Entry = { text: string; holders: Set<string> };

export function createWanted(
  elastic: Elastic,
  names: Names,
  memories: HeldMemories,
  fresh: () => Promise<void>,
): Wanted {
  const texts = new Map<string, Entry>();
  /** All that the index wants is here; until then. */
  let completeUntil = Number.NEGATIVE_INFINITY;

  function add(id: string, memory: Memory, passages: Told['analysis']['passages'], hashes: ReadonlySet<string>): void {
    for (const passage of passages) {
      if (!hashes.has(passage.hash)) continue;
      const entry = texts.get(passage.hash);
      if (entry !== undefined) entry.holders.add(id);
      else if (texts.size < MOST_WANTED)
        texts.set(passage.hash, { text: passageText(memory, passage), holders: new Set([id]) });
      else completeUntil = Number.NEGATIVE_INFINITY;
    }
  }

  /** From the index, the oldest first. */
  async function refill(): Promise<void> {
    await fresh();
    const { hits } = await elastic.send('the texts without a vector cannot be read', (client, options) =>
      client.search(
        {
          index: names.alias('passages'),
          query: { term: { wanted: true } },
          sort: [{ recorded: 'asc' }, { index: 'asc' }],
          _source: ['tenant', 'memory', 'hash'],
          size: PAGE,
          track_total_hits: false,
        },
        options,
      ),
    );
    const rows = hits.hits.map(({ _source }) => source.parse(_source));
    const told = await memories.told(rows.map(({ tenant, memory }) => documentId(tenant, memory)));
    for (const { tenant, memory, hash } of rows) {
      const id = documentId(tenant, memory);
      const found = told.get(id);
      if (found) add(id, found.memory, found.analysis.passages, new Set([hash]));
    }
    completeUntil = rows.length < PAGE ? performance.now() + BELIEVED : Number.NEGATIVE_INFINITY;
  }

  return {
    async first(limit) {
      if (texts.size === 0 && performance.now() >= completeUntil) await refill();
      const wanted: WantedVector[] = [];
      for (const [hash, { text }] of texts) {
        if (wanted.length === limit) break;
        wanted.push({ hash, text });
      }
      return wanted;
    },
    add: (id, { memory, analysis }, hashes) => add(id, memory, analysis.passages, hashes),
    leave(id, hashes) {
      for (const hash of hashes) {
        const entry = texts.get(hash);
        entry?.holders.delete(id);
        if (entry?.holders.size === 0) texts.delete(hash);
      }
    },
    holders: (hash) => texts.get(hash)?.holders ?? [],
    done: (hash) => texts.delete(hash),
    clear(empty) {
      texts.clear();
      completeUntil = empty ? performance.now() + BELIEVED : Number.NEGATIVE_INFINITY;
    },
  };
}
