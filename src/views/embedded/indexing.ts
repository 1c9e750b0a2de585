// Keeps the search index, the texts' holders and the vectors in step with the documents, at start and after.
import type { DatabaseSync } from 'node:sqlite';
import type { Memory } from '../../domain/memory.ts';
import type { Analyse, Analysis } from '../../text/analysis.ts';
import { contextKey } from '../../text/context.ts';
import { decodeAnalysis } from './index/analysis-blob.ts';
import type { SearchIndex } from './index/types.ts';
import { createTexts, type Texts } from './texts.ts';
import type { VectorsFile } from './vectors-file.ts';

/** Rows between two reports of progress. */
const STEP = 2_000;

export type Indexing = {
  texts: Texts;
  /** Gives back the hashes of texts that are gone with the memory's former text. */
  put(number: number, memory: Memory, analysis: Analysis): string[];
  remove(number: number): string[];
};

export function createIndexing(index: SearchIndex, vectors: VectorsFile): Indexing {
  const texts = createTexts();
  return {
    texts,
    put(number, memory, analysis) {
      const { tenant, agent, scope, sharedWith, namespace, deprecation, occurredAt, expiresAt } = memory;
      const missing = index.put({
        number,
        bucket: { tenant, agent, scope, sharedWith, namespace, deprecated: deprecation !== null },
        contextKey: contextKey(memory),
        occurredAt,
        // Numbers are given in the order in which the memories were recorded.
        position: String(number).padStart(10, '0'),
        expiresAt,
        analysis,
      });
      const gone = texts.set(
        number,
        analysis.passages.map(({ hash }) => hash),
      );
      for (const hash of new Set(missing)) {
        const vector = vectors.get(hash);
        if (vector === null) texts.want(hash);
        else index.setVector(hash, vector);
      }
      return gone;
    },
    remove(number) {
      index.remove(number);
      return texts.set(number, []);
    },
  };
}

/** Reads every document's row into the index; `analyse` is for analyses that an older version kept. */
export function loadAll(
  db: DatabaseSync,
  indexing: Indexing,
  analyse: Analyse,
  onProgress: (done: number, total: number) => void,
): void {
  const total = Number(db.prepare('SELECT count(*) AS n FROM memory WHERE audience IS NOT NULL').get()?.n);
  const rows = db.prepare('SELECT number, document, analysis FROM memory WHERE audience IS NOT NULL ORDER BY number');
  let done = 0;
  for (const { number, document, analysis } of rows.iterate()) {
    const memory = JSON.parse(String(document)) as Memory;
    const kept = analysis instanceof Uint8Array ? decodeAnalysis(analysis) : null;
    indexing.put(Number(number), memory, kept ?? analyse(memory));
    if (++done % STEP === 0) onProgress(done, total);
  }
  onProgress(done, total);
}
