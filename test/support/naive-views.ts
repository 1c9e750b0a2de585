// The views' port in its simplest correct form: documents in maps, every question answered by looking at all of them.
// It is the oracle that real adapters are compared with, and it passes their conformance suite.
import { failure } from '../../src/domain/failure.ts';
import { isAlive, type Memory } from '../../src/domain/memory.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { canRead } from '../../src/domain/visibility.ts';
import { noVotes } from '../../src/domain/votes.ts';
import { passageText } from '../../src/text/analyse.ts';
import type { Analyse, Analysis } from '../../src/text/analysis.ts';
import { textKey } from '../../src/text/text-key.ts';
import type {
  DocumentKind,
  Documents,
  ParkedStream,
  Selection,
  ViewStore,
  WantedVector,
} from '../../src/views/view-store.ts';
import { matches } from './naive-filter.ts';
import { listRecords, scanRows } from './naive-records.ts';
import { bestByEachChannel, bestByScore, type Readable, scoreAll } from './naive-search.ts';

/** `first` is the position of the first change: for a memory, that of the event which recorded it. */
type Kept<T> = { document: T; first: string; position: string };

/** What outlives a handle, as a file outlives a process. */
export type NaiveStorage = {
  [K in DocumentKind]: Map<string, Kept<Documents[K]>>;
} & {
  vectors: Map<string, Float32Array>;
  checkpoint: string | null;
  parked: Map<string, ParkedStream>;
};

export const naiveStorage = (): NaiveStorage => ({
  memory: new Map(),
  votes: new Map(),
  session: new Map(),
  feature: new Map(),
  run: new Map(),
  handoff: new Map(),
  vectors: new Map(),
  checkpoint: null,
  parked: new Map(),
});

export function openNaiveViews(options: { analyse: Analyse; storage?: NaiveStorage }): ViewStore {
  const storage = options.storage ?? naiveStorage();
  const analyse = remembered(options.analyse);

  /** Everything that was not forgotten, oldest first. */
  const current = (): Readable[] =>
    [...storage.memory.values()]
      .filter(({ document }) => !document.forgotten)
      .sort((a, b) => compare(a.first, b.first))
      .map(({ document, first }) => ({ memory: document, recordedAt: first }));

  const readable = ({ reader, now, includeDeprecated = false }: Selection): Readable[] =>
    current().filter(
      ({ memory }) =>
        canRead(reader, memory) && isAlive(memory, now) && (includeDeprecated || memory.deprecation === null),
    );

  const viewOf = (memory: Memory): MemoryView =>
    structuredClone({ memory, votes: storage.votes.get(keyOf(memory))?.document ?? noVotes });

  const texts = (): WantedVector[] => {
    const byHash = new Map<string, string>();
    for (const { memory } of current())
      for (const passage of analyse(memory).passages) byHash.set(passage.hash, passageText(memory, passage));
    return Array.from(byHash, ([hash, text]) => ({ hash, text }));
  };
  const rowsOf = <K extends DocumentKind>(kind: K) => {
    const kept: NaiveStorage[K] = storage[kind];
    return Array.from(kept as Map<string, Kept<Documents[K]>>, ([key, { document }]) => {
      const [tenant = '', id = ''] = JSON.parse(key) as string[];
      return { tenant, id, document };
    });
  };

  const wanted = () => texts().filter(({ hash }) => !storage.vectors.has(hash));

  return {
    async load(keys) {
      return keys.map(({ kind, tenant, id }) => structuredClone(storage[kind].get(keyOf({ tenant, id }))?.document));
    },

    async apply(changes, checkpoint, parking) {
      for (const { kind, position, document, ...id } of structuredClone(changes)) {
        const kept: Map<string, Kept<Documents[DocumentKind]>> = storage[kind];
        const old = kept.get(keyOf(id));
        if (old === undefined || old.position < position)
          kept.set(keyOf(id), { document, position, first: old?.first ?? position });
      }
      for (const stream of parking?.release ?? []) storage.parked.delete(stream);
      for (const parked of structuredClone(parking?.park ?? [])) storage.parked.set(parked.stream, parked);
      storage.checkpoint = checkpoint;
      const hashes = new Set(texts().map(({ hash }) => hash));
      for (const hash of storage.vectors.keys()) if (!hashes.has(hash)) storage.vectors.delete(hash);
    },

    async checkpoint() {
      return storage.checkpoint;
    },

    async refresh() {
      return storage.checkpoint;
    },

    async parked() {
      return structuredClone([...storage.parked.values()]).sort((a, b) => compare(a.position, b.position));
    },

    async wantedVectors(limit) {
      return wanted().slice(0, limit);
    },

    async putVectors(vectors) {
      const hashes = new Set(texts().map(({ hash }) => hash));
      for (const { hash, vector } of vectors) if (hashes.has(hash)) storage.vectors.set(hash, vector.slice());
    },

    async get(reader, ids, now) {
      return ids.map((id) => {
        const memory = storage.memory.get(keyOf({ tenant: reader.tenant, id }))?.document;
        return memory && canRead(reader, memory) && isAlive(memory, now) ? viewOf(memory) : null;
      });
    },

    async list({ first, after, filter = {}, ...selection }) {
      const rows = readable(selection)
        .map(({ memory }) => ({ ...viewOf(memory), cursor: cursorOf(memory) }))
        .filter((row) => matches(filter, row))
        .sort((a, b) => -compare(placeOf(a.memory), placeOf(b.memory)));
      const last = after === undefined ? null : placeAt(after);
      const rest = rows.filter(({ memory }) => last === null || placeOf(memory) < last);
      return {
        rows: rest.slice(0, first),
        hasNextPage: rest.length > first,
        total: rows.length,
        position: storage.checkpoint,
      };
    },

    async search({ filter = {}, limit, best, mode, text, vector, ...selection }) {
      const corpus = readable(selection).filter(({ memory }) => filter.namespaces?.includes(memory.namespace) ?? true);
      const scored = scoreAll(corpus, { mode, text, vector }, storage.vectors, analyse)
        .map((score, index) => ({ score, memory: corpus[index]?.memory }))
        .flatMap(({ score, memory }) => (memory ? [{ ...viewOf(memory), ...score }] : []))
        .filter((candidate) => matches(filter, candidate));
      const chosen = bestByEachChannel(scored, limit);
      const candidates = scored.filter((_, index) => chosen.has(index));
      return { candidates: bestByScore(candidates, mode, best), position: storage.checkpoint };
    },

    async findText(tenant, key, now) {
      return current()
        .filter(({ memory }) => memory.tenant === tenant && textKey(memory) === key)
        .filter(({ memory }) => isAlive(memory, now) && memory.deprecation === null)
        .map(({ memory }) => memory.id);
    },

    async records(query) {
      return { ...listRecords(rowsOf(query.kind), query), position: storage.checkpoint };
    },

    async scan(query) {
      return { rows: scanRows(rowsOf(query.kind), query), position: storage.checkpoint };
    },

    async statistics() {
      const memories = current().map(({ memory }) => memory);
      const inScope = (scope: Memory['scope']) => memories.filter((memory) => memory.scope === scope).length;
      return {
        memoriesByScope: {
          AGENT_PRIVATE: inScope('AGENT_PRIVATE'),
          AGENT_SHARED: inScope('AGENT_SHARED'),
          GLOBAL: inScope('GLOBAL'),
        },
        passages: memories.reduce((sum, memory) => sum + analyse(memory).passages.length, 0),
        vectorsKept: storage.vectors.size,
        vectorsWanted: wanted().length,
        bytesOnDisk: null,
      };
    },

    async close() {},
  };
}

const keyOf = ({ tenant, id }: { tenant: string; id: string }): string => JSON.stringify([tenant, id]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorts as (createdAt, id) does: all times have the same length. */
const placeOf = ({ createdAt, id }: Memory): string => `${createdAt} ${id}`;
const cursorOf = (memory: Memory): string => Buffer.from(placeOf(memory)).toString('base64url');

function placeAt(cursor: string): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ./.test(place))
    throw failure('INVALID_INPUT', 'after is no cursor of this list', { field: 'after' });
  return place;
}

/** Documents are never changed in place, so what was made of one stays right. */
function remembered(analyse: Analyse): Analyse {
  const made = new WeakMap<object, Analysis>();
  return (memory) => {
    const known = made.get(memory) ?? analyse(memory);
    made.set(memory, known);
    return known;
  };
}
