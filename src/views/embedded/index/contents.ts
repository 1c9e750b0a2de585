// What is in the index, and how it changes. A change marks the memories that it touches, neighbours included; `settle`
// makes their rows anew, so that the order in which memories and vectors come makes no difference.
import type { Instant } from '../../../domain/event.ts';
import type { Analysis } from '../../../text/analysis.ts';
import { AnalysisReader, encodeAnalysis } from './analysis-blob.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { type Entry, NONE, type PassageEntry } from './entry.ts';
import { createExpiry } from './expiry.ts';
import { createForwardIndex } from './forward-index.ts';
import { createSameText } from './same-text.ts';
import { createSessions } from './sessions.ts';
import { createTextRows, type TextRows } from './text-rows.ts';
import type { IndexedMemory } from './types.ts';
import { createVectorRows, type VectorRows } from './vector-rows.ts';

export type Contents = {
  readonly text: TextRows;
  readonly vectors: VectorRows;
  readonly buckets: Buckets;
  put(memory: IndexedMemory<Analysis | Uint8Array>): string[];
  remove(number: number): void;
  setVector(hash: string, vector: Float32Array): void;
  holder(hash: string): number | undefined;
  hashesOf(number: number): string[];
  wanting(): Iterable<string>;
  expire(now: Instant): { number: number; hashes: string[] }[];
  settle(): void;
  memories(): number;
  bytes(): number;
};

export function createContents(dimensions: number): Contents {
  const entries: (Entry | undefined)[] = [];
  let memories = 0;
  const buckets = createBuckets();
  const text = createTextRows();
  const forward = createForwardIndex(text);
  const vectors = createVectorRows(dimensions);
  const sessions = createSessions<Entry>();
  const sameText = createSameText();
  const analyses = new AnalysisReader();
  const expiry = createExpiry((entry) => entries[entry.number] === entry);
  /** Memories whose rows are to be made anew; those of the first set are in the second, too. */
  const staleText = new Set<Entry>();
  const staleVectors = new Set<Entry>();

  function mark(entry: Entry): void {
    staleText.add(entry);
    staleVectors.add(entry);
  }

  function admit(memory: IndexedMemory<Analysis | Uint8Array>): Entry {
    const { number, position, occurredAt, expiresAt, bucket, analysis } = memory;
    const entry: Entry = {
      number,
      position,
      occurredAt,
      expiresAt,
      bucket: buckets.enter(bucket),
      contextKey: bucket.deprecated ? null : memory.contextKey,
      passages: [],
      fields: NONE,
    };
    analyses.open(analysis instanceof Uint8Array ? analysis : encodeAnalysis(analysis));
    analyses.hashes.forEach((hash, index) => {
      entry.passages.push(passageOf(entry, index, hash));
    });
    forward.read(entry, analyses);
    expiry.add(entry);
    memories++;
    mark(entry);
    sessions.join(entry).forEach(mark);
    return entry;
  }

  function passageOf(entry: Entry, index: number, hash: string): PassageEntry {
    const passage = {
      entry,
      index,
      hash,
      terms: NONE,
      row: NONE,
      slot: NONE,
      previous: null,
      earlier: null,
      later: null,
    };
    // of those with the same text, either all have its vector or none has
    const twin = sameText.first(hash);
    sameText.add(passage);
    if (twin === null) vectors.claim(passage);
    else if (twin.slot !== NONE) vectors.copy(twin, passage);
    return passage;
  }

  function dismiss(entry: Entry): void {
    sessions.leave(entry).forEach(mark);
    staleText.delete(entry);
    staleVectors.delete(entry);
    forward.forget(entry);
    for (const passage of entry.passages) {
      sameText.remove(passage);
      text.drop(passage);
      vectors.drop(passage);
    }
    buckets.leave(entry.bucket);
    memories--;
  }

  function put(memory: IndexedMemory<Analysis | Uint8Array>): string[] {
    const replaced = entries[memory.number];
    // first in, then out: the vectors of unchanged texts pass from the one to the other
    const entry = admit(memory);
    entries[memory.number] = entry;
    if (replaced !== undefined) dismiss(replaced);
    return entry.passages.filter((passage) => passage.slot === NONE).map((passage) => passage.hash);
  }

  const hashesOf = (number: number): string[] => entries[number]?.passages.map(({ hash }) => hash) ?? [];

  function remove(number: number): void {
    const entry = entries[number];
    if (entry === undefined) return;
    entries[number] = undefined;
    dismiss(entry);
  }

  function setVector(hash: string, vector: Float32Array): void {
    const first = sameText.first(hash);
    if (first === null) return;
    vectors.keep(first, vector);
    for (let passage: PassageEntry | null = first; passage !== null; passage = passage.later) {
      if (passage !== first) vectors.copy(first, passage);
      staleVectors.add(passage.entry);
      for (const dependent of sessions.dependentsOf(passage.entry)) staleVectors.add(dependent);
    }
  }

  function expire(now: Instant): { number: number; hashes: string[] }[] {
    return expiry.due(now).map(({ number }) => {
      const hashes = hashesOf(number);
      remove(number);
      return { number, hashes };
    });
  }

  function* wanting(): Iterable<string> {
    for (const entry of entries)
      if (entry !== undefined) for (const { slot, hash } of entry.passages) if (slot === NONE) yield hash;
  }

  function settle(): void {
    for (const entry of staleVectors) {
      const context = sessions.contextOf(entry);
      if (staleText.has(entry)) forward.build(entry, context);
      for (const passage of entry.passages) {
        passage.previous = context[0]?.passages[0] ?? null;
        vectors.mix(passage);
      }
    }
    staleText.clear();
    staleVectors.clear();
    text.compact();
  }

  return {
    text,
    vectors,
    buckets,
    put,
    remove,
    setVector,
    holder: (hash) => sameText.first(hash)?.entry.number,
    hashesOf,
    wanting,
    expire,
    settle,
    memories: () => memories,
    bytes: () => text.bytes() + forward.bytes() + vectors.bytes(),
  };
}
