// All that the worker owns: both files, the index, and what is done with them. Synchronous: one thing at a time.
import type { Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import type { Memory } from '../../domain/memory.ts';
import type { Votes } from '../../domain/votes.ts';
import { createAnalyser, passageText } from '../../text/analyse.ts';
import type { Analyse } from '../../text/analysis.ts';
import type { CountTokens } from '../../text/passages.ts';
import type { Parking, ViewStatistics, WantedVector } from '../view-store.ts';
import { DamagedViews } from './damage.ts';
import { documentsOf } from './documents.ts';
import { encodeAnalysis } from './index/analysis-blob.ts';
import { createSearchIndex } from './index/search-index.ts';
import { createIndexing } from './indexing.ts';
import { listRows } from './list.ts';
import { loadAll } from './loading.ts';
import { defineMetadataFunction } from './metadata-function.ts';
import { parkedIn } from './parked.ts';
import type { Methods, PutDocument, WorkerSettings } from './protocol.ts';
import { type PutRecord, recordRows, recordsOf } from './records.ts';
import { scanRows } from './scan.ts';
import { createSearch } from './search.ts';
import { SharedVectors } from './shared-vectors.ts';
import { createSweeper } from './sweeper.ts';
import { inTransaction } from './transaction.ts';
import { VectorsFile } from './vectors-file.ts';
import { openViewsFile } from './views-file.ts';

export type Store = Methods & { begunAnew: string | null };

export function openStore(
  settings: WorkerSettings,
  countTokens: CountTokens,
  onProgress: (done: number, total: number) => void,
): Store {
  const { dimensions } = settings.signature;
  const { db, begunAnew } = openViewsFile(settings.viewsFile, settings.signature);
  const vectors = openVectors(settings);
  if (settings.sharedVectors !== null) db.exec('PRAGMA synchronous = OFF');
  const analyse: Analyse = createAnalyser(countTokens);
  defineMetadataFunction(db);
  const documents = documentsOf(db);
  const records = recordsOf(db);
  const parked = parkedIn(db);
  const index = createSearchIndex({ dimensions });
  const indexing = createIndexing(index, vectors);
  const search = createSearch(db, index, indexing.expire);
  const readCheckpoint = db.prepare(`SELECT value FROM meta WHERE key = 'checkpoint'`);
  const writeCheckpoint = db.prepare(`INSERT OR REPLACE INTO meta VALUES ('checkpoint', ?)`);
  let checkpoint = (readCheckpoint.get()?.value as Position | undefined) ?? null;

  loadAll({ db, vectors, index, indexing, analyse }, onProgress);
  index.settle();
  const sweeper = createSweeper({ db, vectors, documents, indexing, checkpoint: () => checkpoint });

  function apply(changes: readonly PutDocument[], upTo: Position, parking: Parking): void {
    const after: (() => string[])[] = [];
    const reached = checkpoint !== null && checkpoint > upTo ? checkpoint : upTo;
    inTransaction(db, () => {
      for (const change of changes) {
        if (change.kind === 'votes')
          documents.putVotes(change, JSON.parse(change.json) as Votes, change.json, change.position);
        else if (change.kind === 'memory') {
          const put = putMemory(change);
          if (put) after.push(put);
        } else if (records.put(change as PutRecord)) sweeper.rowsChanged();
      }
      parked.note(parking);
      // A batch that comes again writes nothing at all.
      if (reached !== checkpoint) writeCheckpoint.run(reached);
    });
    checkpoint = reached;
    sweeper.textsGone(after.flatMap((step) => step()));
  }

  function putMemory({ json, position }: PutDocument): (() => string[]) | null {
    const memory = JSON.parse(json) as Memory;
    const analysis = memory.forgotten ? null : analyse(memory);
    const kept = analysis && { encoded: encodeAnalysis(analysis), passages: analysis.passages };
    const put = documents.putMemory(memory, json, position, kept);
    if (put === null) return null;
    if (put.replaced) sweeper.rowsChanged();
    return () => (kept === null ? indexing.remove(put.number) : indexing.put(put.number, memory, kept.encoded));
  }

  const documentRow = db.prepare('SELECT document FROM memory WHERE number = ?');
  function textOf(hash: string): string {
    const row = documentRow.get(indexing.texts.holder(hash) ?? -1);
    const memory = JSON.parse(String(row?.document)) as Memory;
    const passage = analyse(memory).passages.find((one) => one.hash === hash);
    if (passage === undefined) throw new Error('a text that wants a vector is in no document');
    return passageText(memory, passage);
  }

  function statistics(): ViewStatistics {
    index.settle();
    const memoriesByScope = { AGENT_PRIVATE: 0, AGENT_SHARED: 0, GLOBAL: 0 };
    const counts = db.prepare(
      'SELECT scope, count(*) AS n FROM memory m JOIN audience a ON a.number = m.audience GROUP BY scope',
    );
    for (const row of counts.all()) memoriesByScope[row.scope as keyof typeof memoriesByScope] = Number(row.n);
    return {
      memoriesByScope,
      passages: index.statistics().passages,
      vectorsKept: vectors.count(),
      vectorsWanted: indexing.texts.wantedCount(),
      bytesOnDisk: null,
    };
  }

  function reset(): void {
    const numbers = db.prepare('SELECT number FROM memory').all();
    inTransaction(db, () => {
      for (const table of ['memory', 'votes', 'audience', 'record', 'participant', 'parked'])
        db.exec(`DELETE FROM ${table}`);
      db.exec(`DELETE FROM meta WHERE key = 'checkpoint'`);
    });
    for (const row of numbers) indexing.remove(Number(row.number));
    checkpoint = null;
    sweeper.reset();
  }

  return {
    begunAnew,
    apply,
    checkpoint: () => checkpoint,
    parked: parked.all,
    wantedVectors: (limit) => indexing.texts.wanted(limit).map((hash): WantedVector => ({ hash, text: textOf(hash) })),
    putVectors(given) {
      for (const { vector } of given)
        if (vector.length !== dimensions)
          throw failure('INVALID_INPUT', `a vector must have ${dimensions} dimensions`, {
            field: 'vector',
            limit: dimensions,
          });
      const current = given.filter(({ hash }) => indexing.texts.has(hash));
      vectors.put(current, checkpoint);
      for (const { hash, vector } of current) {
        index.setVector(hash, vector);
        indexing.texts.release(hash);
      }
    },
    list: (query) => ({ ...listRows(db, query), position: checkpoint }),
    search: (query) => ({ rows: search(query), position: checkpoint }),
    records: (query) => ({ ...recordRows(db, query), position: checkpoint }),
    scan: (query) => ({ rows: scanRows(db, query), position: checkpoint }),
    sweep: (now) => sweeper.expired(now),
    statistics,
    reset,
    discard() {
      throw new DamagedViews();
    },
    close() {
      sweeper.close();
      db.close();
      vectors.close();
    },
  };
}

function openVectors({ vectorsFile, sharedVectors, signature: { model, dimensions } }: WorkerSettings): VectorsFile {
  return sharedVectors === null
    ? new VectorsFile(vectorsFile, model, dimensions)
    : new SharedVectors(vectorsFile, sharedVectors, model, dimensions);
}
