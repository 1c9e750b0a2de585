// Fills the search index from both files at start. It reads columns, never documents, and makes as few objects of a row
// as it can: there may be hundreds of thousands.
import type { DatabaseSync } from 'node:sqlite';
import type { Memory } from '../../domain/memory.ts';
import type { Acl } from '../../domain/visibility.ts';
import type { Analyse } from '../../text/analysis.ts';
import { contextKey } from '../../text/context.ts';
import { encodeAnalysis, isCurrent } from './index/analysis-blob.ts';
import type { Bucket, SearchIndex } from './index/types.ts';
import { type Indexing, positionOf } from './indexing.ts';
import type { VectorsFile } from './vectors-file.ts';

/** Rows between two reports of progress. */
const STEP = 2_000;

type Row = [
  number: number,
  audience: number,
  namespace: string,
  deprecated: number,
  user: string | null,
  session: string | null,
  occurred: string,
  expires: string | null,
  analysis: Uint8Array,
];

type Sources = { db: DatabaseSync; vectors: VectorsFile; index: SearchIndex; indexing: Indexing; analyse: Analyse };

/** `analyse` is for analyses that an older version kept. */
export function loadAll(
  { db, vectors, index, indexing, analyse }: Sources,
  onProgress: (done: number, total: number) => void,
): void {
  const total = Number(db.prepare('SELECT count(*) AS n FROM memory WHERE audience IS NOT NULL').get()?.n);
  const rows = db.prepare(`SELECT number, audience, namespace, deprecated, user, session, occurred, expires, analysis
    FROM memory WHERE audience IS NOT NULL ORDER BY number`);
  rows.setReturnArrays(true);
  const document = db.prepare('SELECT document FROM memory WHERE number = ?');
  const analysisOf = (number: number): Uint8Array =>
    encodeAnalysis(analyse(JSON.parse(String(document.get(number)?.document)) as Memory));
  const bucketOf = bucketsOf(db);
  let done = 0;
  onProgress(done, total);
  // Before the memories: each is bytes outside the heap, for whose sake all that is in it is looked through.
  vectors.each(index.stock);
  let contextOf: { bucket: Bucket; user: string | null; session: string | null; key: string | null } | null = null;
  for (const row of rows.iterate() as unknown as Iterable<Row>) {
    const [number, audience, namespace, deprecated, user, session, occurredAt, expiresAt, analysis] = row;
    const bucket = bucketOf(audience, namespace, deprecated);
    // Those of a session mostly follow each other: one key for all of them.
    if (contextOf === null || contextOf.bucket !== bucket || contextOf.user !== user || contextOf.session !== session)
      contextOf = { bucket, user, session, key: contextKey({ ...bucket, user, session }) };
    index.put({
      number,
      bucket,
      contextKey: contextOf.key,
      occurredAt,
      position: positionOf(number),
      expiresAt,
      analysis: isCurrent(analysis) ? analysis : analysisOf(number),
    });
    if (++done % STEP === 0) onProgress(done, total);
  }
  index.clearStock();
  for (const hash of index.wanting()) indexing.texts.want(hash);
  onProgress(done, total);
}

/** The same bucket is the same object: the index knows it again at once. */
function bucketsOf(db: DatabaseSync) {
  const audiences = new Map<number, Acl>();
  for (const { number, tenant, agent, scope, agents, teams } of db.prepare('SELECT * FROM audience').all())
    audiences.set(Number(number), {
      tenant: String(tenant),
      agent: String(agent),
      scope: scope as Acl['scope'],
      sharedWith: { agents: JSON.parse(String(agents)), teams: JSON.parse(String(teams)) },
    });
  const buckets = new Map<string, Bucket>();

  return (audience: number, namespace: string, deprecated: number): Bucket => {
    const key = `${audience} ${deprecated} ${namespace}`;
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const acl = audiences.get(audience);
    if (acl === undefined) throw new Error(`a memory is of audience ${audience}, which is not there`);
    const bucket = { ...acl, namespace, deprecated: deprecated === 1 };
    buckets.set(key, bucket);
    return bucket;
  };
}
