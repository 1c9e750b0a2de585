// A search in the worker: the index finds within the reader's rights, SQLite has the documents. The rights are checked
// once more on the documents, where they arrive (reader.ts).
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { canRead } from '../../domain/visibility.ts';
import { type QueryTerm, queryTerms } from '../../text/terms.ts';
import type { MemoryFilter, SearchQuery } from '../view-store.ts';
import type { Bucket, IndexHit, SearchIndex } from './index/types.ts';
import { selectedNumbers } from './list.ts';
import type { CandidateRow } from './protocol.ts';

export type Search = (query: SearchQuery) => CandidateRow[];

export function createSearch(db: DatabaseSync, index: SearchIndex): Search {
  const row = db.prepare(`
    SELECT m.deprecated, m.expires, m.spans, m.document, v.document AS votes
    FROM memory m LEFT JOIN votes v ON v.tenant = m.tenant AND v.id = m.id
    WHERE m.number = ? AND m.document IS NOT NULL`);

  return (query) => {
    const terms = queryTerms(query.text);
    index.expire(query.now);
    const hits = index.search({
      allow: (bucket) => canRead(query.reader, bucket) && (query.includeDeprecated === true || !bucket.deprecated),
      ...narrowed(db, query),
      terms: terms.map(({ term }) => term),
      vector: query.vector,
      mode: query.mode,
      limit: query.limit,
    });
    return hits.map((hit) => candidateOf(row, hit, query, terms)).filter((candidate) => candidate !== null);
  };
}

/** A filter that whole buckets pass or fail costs nothing; any other becomes the set of the memories that pass it. */
function narrowed(db: DatabaseSync, query: SearchQuery) {
  const { filter } = query;
  if (filter === undefined) return {};
  if (isOfBuckets(filter)) return { within: (bucket: Bucket) => holdsFor(bucket, filter) };
  return { accept: selectedNumbers(db, query) };
}

const ofBuckets = new Set(['namespaces', 'scopes', 'agents']);

const isOfBuckets = (filter: MemoryFilter): boolean =>
  Object.entries(filter).every(([name, value]) => value === undefined || ofBuckets.has(name));

const holdsFor = (bucket: Bucket, { namespaces, scopes, agents }: MemoryFilter): boolean =>
  (namespaces?.includes(bucket.namespace) ?? true) &&
  (scopes?.includes(bucket.scope) ?? true) &&
  (agents?.includes(bucket.agent) ?? true);

function candidateOf(
  statement: StatementSync,
  hit: IndexHit,
  { now, includeDeprecated }: SearchQuery,
  terms: readonly QueryTerm[],
): CandidateRow | null {
  const row = statement.get(hit.number);
  if (row === undefined) return null;
  if (typeof row.expires === 'string' && row.expires <= now) return null;
  if (row.deprecated === 1 && !includeDeprecated) return null;
  return {
    document: String(row.document),
    votes: row.votes === null ? null : String(row.votes),
    similarity: hit.similarity,
    coverage: hit.coverage,
    matchedTerms: hit.matched.flatMap((term) => terms[term]?.word ?? []),
    passage: spanOf(row.spans, hit.passage),
  };
}

function spanOf(spans: unknown, passage: number): [number, number] | null {
  if (typeof spans !== 'string') return null;
  return (JSON.parse(spans) as [number, number][])[passage] ?? null;
}
