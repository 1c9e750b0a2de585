// What the process that projects remembers of memories it wrote or read a while ago, so as not to ask for each again.
// It is right as long as nobody else writes; whoever takes the lease begins with nothing.
import QuickLru from 'quick-lru';
import { z } from 'zod';
import type { Position } from '../../domain/event.ts';
import type { Memory } from '../../domain/memory.ts';
import type { Analyse, Analysis } from '../../text/analysis.ts';
import type { Elastic } from './client.ts';
import { parseDocument } from './documents.ts';
import { fetchSources } from './fetching.ts';
import type { Names } from './names.ts';

/** What a memory's document says of its place among others. */
export type Held = {
  tenant: string;
  memory: string;
  position: Position;
  recorded: Position;
  neighbours: string | null;
  forgotten: boolean;
  /** Of its passages, in order. */
  hashes: readonly string[];
};

/** A memory that is there, taken apart. */
export type Told = { memory: Memory; analysis: Analysis; held: Held };

export type HeldMemories = {
  /** By document id; null: there is none. */
  held(ids: readonly string[]): Promise<Map<string, Held | null>>;
  /** Without those that are not there or were forgotten. */
  told(ids: readonly string[]): Promise<Map<string, Told>>;
  /** What a document's source says that was read for another reason; undefined: it is not there. */
  learn(id: string, source: unknown): void;
  /** As they are about to be written; forget them when that fails. */
  note(id: string, held: Held, told: Omit<Told, 'held'> | null): void;
  forget(ids: Iterable<string>): void;
  /** Whether a memory that was recorded at a position cannot be there, so that it need not be asked for. */
  isNew(id: string, recorded: Position): boolean;
  /** Nothing is remembered any more. `empty`: there is nothing in the index. */
  begin(empty: boolean): Promise<void>;
};

const MOST_HELD = 50_000;
/** Only of memories of one passage, which are all that neighbours are interested in. As many as are remembered to want a vector. */
const MOST_TOLD = 5_000;

const source = z.object({
  tenant: z.string(),
  memory: z.string(),
  position: z.string(),
  recorded: z.string(),
  neighbours: z.string().optional(),
  forgotten: z.boolean().optional(),
  hashes: z.array(z.string()).optional(),
  document: z.string().optional(),
});

const FIELDS = ['tenant', 'memory', 'position', 'recorded', 'neighbours', 'forgotten', 'hashes'];

export function createHeld(elastic: Elastic, names: Names, analyse: Analyse): HeldMemories {
  const helds = new QuickLru<string, Held | null>({ maxSize: MOST_HELD });
  const tolds = new QuickLru<string, Omit<Told, 'held'>>({ maxSize: MOST_TOLD });
  /** Where the newest of all was recorded. */
  let newest: Position = '';

  /** Asks for what is not remembered, and hands over what came. */
  async function fill(
    missing: Iterable<string>,
    fields: readonly string[],
    take: (id: string, held: Held | null, json?: string) => void,
  ) {
    const ids = [...missing];
    const places = ids.map((id) => ({ index: names.alias('memories'), id }));
    const sources = await fetchSources(elastic, places, { what: 'the memories cannot be read', fields });
    for (const [i, id] of ids.entries()) {
      const found = sources[i] === undefined ? null : source.parse(sources[i]);
      take(id, found && heldOf(found), found?.document);
    }
  }

  return {
    async held(ids) {
      const known = new Map<string, Held | null>();
      const missing = new Set<string>();
      for (const id of ids) {
        const held = helds.get(id);
        if (held === undefined) missing.add(id);
        else known.set(id, held);
      }
      await fill(missing, FIELDS, (id, held) => {
        helds.set(id, held);
        known.set(id, held);
      });
      return known;
    },

    async told(ids) {
      const known = new Map<string, Told>();
      const missing = new Set<string>();
      for (const id of ids) {
        const told = tolds.get(id);
        const held = helds.get(id);
        if (told && held) known.set(id, { ...told, held });
        else if (held?.forgotten !== true) missing.add(id);
      }
      await fill(missing, [...FIELDS, 'document'], (id, held, document) => {
        helds.set(id, held);
        if (held === null || held.forgotten || document === undefined) return;
        const memory = parseDocument<'memory'>(document);
        const told = { memory, analysis: analyse(memory) };
        if (told.analysis.passages.length === 1) tolds.set(id, told);
        known.set(id, { ...told, held });
      });
      return known;
    },

    learn(id, found) {
      if (!helds.has(id)) helds.set(id, found === undefined ? null : heldOf(source.parse(found)));
    },
    note(id, held, told) {
      if (held.recorded > newest) newest = held.recorded;
      helds.set(id, held);
      if (told?.analysis.passages.length === 1) tolds.set(id, told);
      else tolds.delete(id);
    },
    forget(ids) {
      for (const id of ids) {
        helds.delete(id);
        tolds.delete(id);
      }
    },
    isNew: (id, recorded) => recorded > newest && !helds.has(id),
    async begin(empty) {
      helds.clear();
      tolds.clear();
      newest = empty ? '' : await newestIn(elastic, names);
    },
  };
}

const place = z.tuple([z.string()]);

async function newestIn(elastic: Elastic, names: Names): Promise<Position> {
  const index = names.alias('memories');
  const { hits } = await elastic.send('the memories cannot be read', async (client, options) => {
    await client.indices.refresh({ index }, options);
    return client.search(
      { index, size: 1, sort: [{ recorded: 'desc' }], _source: false, track_total_hits: false },
      options,
    );
  });
  const [hit] = hits.hits;
  return hit === undefined ? '' : place.parse(hit.sort)[0];
}

const heldOf = (found: Omit<z.infer<typeof source>, 'document'>): Held => ({
  tenant: found.tenant,
  memory: found.memory,
  position: found.position,
  recorded: found.recorded,
  neighbours: found.neighbours ?? null,
  forgotten: found.forgotten ?? false,
  hashes: found.hashes ?? [],
});
