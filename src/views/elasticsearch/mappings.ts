// What the indices hold, field by field. `strict`: a field that is not named here is an error, not a new field.
import type { estypes } from '@elastic/elasticsearch';
import type { IndexKind } from './names.ts';

type Mapping = estypes.MappingTypeMapping;
type Properties = Record<string, estypes.MappingProperty>;

/** Raised when a mapping below, or what is written into it, changes: the indices are then made anew. */
export const LAYOUT = 5;

const keyword = { type: 'keyword' } as const;
const long = { type: 'long' } as const;
const boolean = { type: 'boolean' } as const;

/** Kept as it was given, of any length, and found by nothing. */
const kept = { type: 'keyword', index: false, doc_values: false } as const;

/** Kept and given back with a hit, not in its source. */
const bytes = { type: 'binary', doc_values: true } as const;

/** `Attributes` in attributes.ts. */
const attributes: Properties = {
  tenant: keyword,
  memory: keyword,
  agent: keyword,
  scope: keyword,
  readers: keyword,
  author: keyword,
  type: keyword,
  namespace: keyword,
  user: keyword,
  session: keyword,
  createdAt: long,
  occurredAt: long,
  expiresAt: long,
  deprecated: boolean,
  contexts: keyword,
  metadata: {
    type: 'nested',
    dynamic: 'strict',
    properties: { path: keyword, json: keyword, string: keyword, number: { type: 'double' }, members: keyword },
  },
};

/** `MemoryDocument`, `PassageDocument` … in documents.ts. */
const memories: Properties = {
  ...attributes,
  forgotten: boolean,
  position: kept,
  recorded: keyword,
  textKey: keyword,
  neighbours: kept,
  hashes: kept,
  document: kept,
};

/** `Impacts`: a term found is worth what it says here, and no statistics of the server's own. */
const impacts = { type: 'sparse_vector' } as const;

const passages = (dimensions: number): Properties => ({
  ...attributes,
  gone: boolean,
  goneBy: kept,
  recorded: keyword,
  passages: { type: 'integer', index: false },
  index: { type: 'integer' },
  hash: keyword,
  wanted: boolean,
  neighbours: keyword,
  terms: impacts,
  own: impacts,
  lentUntil: long,
  length: { type: 'integer' },
  summary: bytes,
  vector: {
    type: 'dense_vector',
    dims: dimensions,
    similarity: 'cosine',
    index_options: { type: 'int8_hnsw' },
  },
  rounded: bytes,
});

const votes: Properties = {
  tenant: keyword,
  memory: keyword,
  score: { type: 'double' },
  confidence: { type: 'double' },
  helpful: { type: 'integer' },
  harmful: { type: 'integer' },
  position: kept,
  document: kept,
};

const records: Properties = {
  tenant: keyword,
  id: keyword,
  agent: keyword,
  status: keyword,
  namespace: keyword,
  session: keyword,
  participants: keyword,
  at: long,
  expiresAt: long,
  position: kept,
  document: kept,
};

const properties = (kind: IndexKind, dimensions: number): Properties => {
  switch (kind) {
    case 'state':
      return { value: kept };
    case 'memories':
      return memories;
    case 'passages':
      return passages(dimensions);
    case 'votes':
      return votes;
    case 'vectors':
      return { hash: keyword, vector: { type: 'binary' } };
    default:
      return records;
  }
};

export function mappingOf(kind: IndexKind, dimensions: number): Mapping {
  const source = kind === 'passages' ? { _source: { excludes: ['terms', 'own', 'summary', 'vector', 'rounded'] } } : {};
  return { dynamic: 'strict', ...source, properties: properties(kind, dimensions) };
}

export type IndexOptions = {
  /** Copies of each index beside the first; without it one as soon as there is a second node. */
  replicas?: number;
};

export function settingsOf(kind: IndexKind, { replicas }: IndexOptions): estypes.IndicesIndexSettings {
  return {
    number_of_shards: 1,
    ...(replicas === undefined ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
    refresh_interval: '1s',
    // After a crash all that is in it is written again, some 450 documents a second.
    translog: { flush_threshold_size: '16mb', durability: 'request' },
    // Its other way among vectors of which few are allowed, the default, finds fewer of the nearest and is no faster here.
    ...(kind === 'passages' && { 'dense_vector.hnsw_filter_heuristic': 'fanout' }),
  };
}
