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

type Loading = Indexing & {
  /** Like `put`, but its vectors come with `fillVectors`. */
  load(number: number, memory: Memory, analysis: Analysis): void;
  fillVectors(): void;
};

export function createIndexing(index: SearchIndex, vectors: VectorsFile): Loading {
  const texts = createTexts();

  /** Gives back the hashes without a vector, and those that no memory has any more. */
  function place(number: number, memory: Memory, analysis: Analysis): { missing: Set<string>; gone: string[] } {
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
    const hashes = analysis.passages.map(({ hash }) => hash);
    return { missing: new Set(missing), gone: texts.set(number, hashes) };
  }

  return {
    texts,
    put(number, memory, analysis) {
      const { missing, gone } = place(number, memory, analysis);
      for (const hash of missing) {
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
    load(number, memory, analysis) {
      for (const hash of place(number, memory, analysis).missing) texts.want(hash);
    },
    fillVectors() {
      vectors.each((hash, vector) => {
        if (!texts.has(hash)) return;
        index.setVector(hash, vector);
        texts.got(hash);
      });
    },
  };
}

/** Reads every document's row into the index; `analyse` is for analyses that an older version kept. */
export function loadAll(
  db: DatabaseSync,
  indexing: Loading,
  analyse: Analyse,
  onProgress: (done: number, total: number) => void,
): void {
  const total = Number(db.prepare('SELECT count(*) AS n FROM memory WHERE audience IS NOT NULL').get()?.n);
  const rows = db.prepare('SELECT number, document, analysis FROM memory WHERE audience IS NOT NULL ORDER BY number');
  rows.setReturnArrays(true);
  let done = 0;
  for (const [number, document, analysis] of rows.iterate() as unknown as Iterable<[number, string, Uint8Array]>) {
    const memory = JSON.parse(document) as Memory;
    indexing.load(number, memory, decodeAnalysis(analysis) ?? analyse(memory));
    if (++done % STEP === 0) onProgress(done, total);
  }
  indexing.fillVectors();
  onProgress(done, total);
}
