// A search in the worker: the index finds within the reader's rights, SQLite has the documents. The rights are checked
// once more on the documents, where they arrive (reader.ts).
import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/event.ts';
import { canRead } from '../../domain/visibility.ts';
import { type QueryTerm, queryTerms } from '../../text/terms.ts';
import { portionsOf } from '../best.ts';
import type { MemoryFilter, SearchQuery } from '../view-store.ts';
import type { Bucket, IndexHit, SearchIndex } from './index/types.ts';
import { selectedNumbers } from './list.ts';
import type { CandidateRow } from './protocol.ts';

export type Search = (query: SearchQuery) => CandidateRow[];

/** `expire` takes what has expired out of the index. */
export function createSearch(db: DatabaseSync, index: SearchIndex, expire: (now: Instant) => void): Search {
  // All at once: a hundred rows one by one take three times as long.
  const rows = db.prepare(`
    SELECT m.number, m.deprecated, m.expires, m.spans, m.document, v.document
    FROM memory m LEFT JOIN votes v ON v.tenant = m.tenant AND v.id = m.id
    WHERE m.number IN (SELECT value FROM json_each(?)) AND m.document IS NOT NULL`);
  rows.setReturnArrays(true);

  return (query) => {
    const terms = queryTerms(query.text);
    expire(query.now);
    const hits = index.search({
      allow: (bucket) => counts(query, bucket),
      ...narrowed(db, query),
      terms: terms.map(({ term }) => term),
      vector: query.vector,
      mode: query.mode,
      limit: query.limit,
    });
    const candidates: CandidateRow[] = [];
    for (const some of portionsOf(hits, query, () => candidates.length)) {
      const byNumber = new Map(some.map((hit) => [hit.number, hit]));
      const found = rows.all(JSON.stringify([...byNumber.keys()])) as unknown as Row[];
      candidates.push(...found.flatMap((row) => candidateOf(row, byNumber.get(row[0]), query, terms)));
    }
    return candidates;
  };
}

type Row = [
  number: number,
  deprecated: number,
  expires: string | null,
  spans: string | null,
  document: string,
  votes: string | null,
];

/** What the statistics are over, and all that can be found. */
const counts = ({ reader, filter, includeDeprecated }: SearchQuery, bucket: Bucket): boolean =>
  canRead(reader, bucket) &&
  (includeDeprecated === true || !bucket.deprecated) &&
  (filter?.namespaces?.includes(bucket.namespace) ?? true);

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

const holdsFor = (bucket: Bucket, { scopes, agents }: MemoryFilter): boolean =>
  (scopes?.includes(bucket.scope) ?? true) && (agents?.includes(bucket.agent) ?? true);

function candidateOf(
  [, deprecated, expires, spans, document, votes]: Row,
  hit: IndexHit | undefined,
  { now, includeDeprecated }: SearchQuery,
  terms: readonly QueryTerm[],
): CandidateRow[] {
  if (hit === undefined || (expires !== null && expires <= now) || (deprecated === 1 && !includeDeprecated)) return [];
  const { similarity, coverage, matched, passage } = hit;
  const matchedTerms = matched.flatMap((term) => terms[term]?.word ?? []);
  return [{ document, votes, similarity, coverage, matchedTerms, passage: spanOf(spans, passage) }];
}

function spanOf(spans: string | null, passage: number): [number, number] | null {
  if (spans === null) return null;
  return (JSON.parse(spans) as [number, number][])[passage] ?? null;
}
