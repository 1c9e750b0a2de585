// What goes into the search index and what comes out of it.
import type { Instant, Position } from '../../../domain/event.ts';
import type { SearchMode } from '../../../domain/search-mode.ts';
import type { Acl } from '../../../domain/visibility.ts';
import type { Analysis } from '../../../text/analysis.ts';

/** What memories that are allowed or denied together have in common; `canRead(reader, bucket)` takes it as it is. */
export type Bucket = Acl & { namespace: string; deprecated: boolean };

export type IndexedMemory<A = Analysis> = {
  /** The store's short name for it: a small integer from 0, used again only after `remove`. */
  number: number;
  bucket: Bucket;
  /** `contextKey(memory)` of src/text/context.ts. */
  contextKey: string | null;
  occurredAt: Instant;
  /** Of the event that recorded the memory, not of its last change: it orders a session's memories of the same time. */
  position: Position;
  expiresAt: Instant | null;
  analysis: A;
};

export type IndexQuery = {
  /**
   * Whether the reader may see a bucket's memories; asked once for each distinct bucket. All statistics (counts,
   * frequencies, lengths) are over the allowed ones. Say no to deprecated buckets unless deprecated ones are asked for,
   * and to namespaces that are not asked for: a subject's words are told apart best by statistics of that subject.
   */
  allow: (bucket: Bucket) => boolean;
  /** A filter that whole buckets pass or fail (scopes, owners); touches no statistics. */
  within?: (bucket: Bucket) => boolean;
  /** A filter by memory numbers: only these are found; touches no statistics. */
  accept?: Iterable<number>;
  /** `queryTerms(text)` of src/text/terms.ts, only the terms. */
  terms: readonly string[];
  /** Of length 1. null: words alone decide. */
  vector: Float32Array | null;
  mode: SearchMode;
  /** The best this many by each channel. */
  limit: number;
};

export type IndexHit = {
  number: number;
  /** Cosine of the best passage; null in mode KEYWORD, without a question's vector, and while no passage has one. */
  similarity: number | null;
  /** Coverage of the best passage; null in mode SEMANTIC. */
  coverage: number | null;
  /** Which of the question's terms the passage of the best coverage has, by their index, context included. */
  matched: number[];
  /** The index of the passage that fits best by both measures. */
  passage: number;
};

export type SearchIndex = {
  /**
   * Adds a memory with its analysis, or that as the bytes that `encodeAnalysis` makes of it, or replaces what was put under its number. Gives back the hashes of its passages that the index has
   * no vector for: give it those that are kept with `setVector`, and have the others made.
   */
  put(memory: IndexedMemory<Analysis | Uint8Array>): string[];
  /** Forgotten or erased. Unknown numbers are fine. */
  remove(number: number): void;
  /** The vector of a text, for every passage that has it. Ignored when none has (any more). */
  setVector(hash: string, vector: Float32Array): void;
  /** The vector of a text that is still to come with a memory, each text once: for a load, which is faster that way. */
  stock(hash: string, vector: Float32Array): void;
  /** No more is to come. */
  clearStock(): void;
  /** A memory that has the text. */
  holder(hash: string): number | undefined;
  /** Of a memory's passages; none of an unknown number. */
  hashesOf(number: number): string[];
  /** The hashes of the texts without a vector, by memory's number; of a text of several memories more than once. */
  wanting(): Iterable<string>;
  /** Removes what has expired at `now`; to be called before each search. Gives back what there was. */
  expire(now: Instant): { number: number; hashes: string[] }[];
  /** Does the work that changes left for later. A search does it by itself; after a long load, call it once. */
  settle(): void;
  /** Unordered: the union of the best by coverage and the best by cosine, each with both. As if all had been scored. */
  search(query: IndexQuery): IndexHit[];
  statistics(): { memories: number; passages: number; vectors: number; terms: number; bytes: number };
};

export type SearchIndexOptions = {
  /** Of the embedder's vectors, 1 … 4,096. */
  dimensions: number;
};
