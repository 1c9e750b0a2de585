// The views: what projections write and queries read. A port with two adapters; the conformance suite in
// test/conformance/view-store.ts is its specification.
import type { Instant, Json, Position } from '../domain/event.ts';
import type { Feature } from '../domain/feature.ts';
import type { Handoff } from '../domain/handoff.ts';
import type { Memory, MemoryType } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import type { Run } from '../domain/run.ts';
import type { SearchMode } from '../domain/search-mode.ts';
import type { Session } from '../domain/session.ts';
import type { Reader, Scope } from '../domain/visibility.ts';
import type { Votes } from '../domain/votes.ts';

// ── What projections write ──────────────────────────────────────────────────

/** Documents without text or vectors, that lists find by a few attributes. */
export type Records = { session: Session; feature: Feature; run: Run; handoff: Handoff };
export type RecordKind = keyof Records;

/** The documents, by kind. Both kinds of a memory's documents have the memory's id; the others that of their stream. */
export type Documents = { memory: Memory; votes: Votes } & Records;
export type DocumentKind = keyof Documents;

export type DocumentKey = { kind: DocumentKind; tenant: string; id: string };

/** Puts a whole document, as of the event at `position`. A forgotten memory is put with `forgotten: true`. */
export type Change = {
  [K in DocumentKind]: { kind: K; tenant: string; id: string; position: Position; document: Documents[K] };
}[DocumentKind];

/** A stream of which an event cannot be projected: that event and what follows it are left out of the views for now. */
export type ParkedStream = {
  stream: string;
  /** Of the first event that is left out. */
  position: Position;
  /** Of that event. */
  type: string;
  /** Why, in a sentence that holds nothing of a memory. */
  reason: string;
  /** How many are left out so far. */
  events: number;
  since: Instant;
};
/** `park` replaces what is known of a stream; `release` names streams that are whole again. */
export type Parking = { park: readonly ParkedStream[]; release: readonly string[] };
export const nothingParked: Parking = { park: [], release: [] };

/** A text that wants a vector: SHA-256 of the UTF-8 text in hex, and the text as the embedder gets it. */
export type WantedVector = { hash: string; text: string };

export type ViewWriter = {
  /** Documents as they were last put, forgotten ones too; undefined where there is none. For projections only. */
  load(keys: readonly DocumentKey[]): Promise<(Documents[DocumentKind] | undefined)[]>;
  /**
   * Applies changes, notes what is parked, and moves the checkpoint, which comes last; in order. A change not newer than
   * what the document has is skipped, so applying a batch twice is applying it once. When it resolves it is durable, and
   * from the next `refresh` on every read sees it (vectors follow).
   * Fails with RejectedChanges, and nothing else in the way, when the store will never take some of the documents; the
   * checkpoint then stays. Fails with UNAVAILABLE when another process has the lease.
   */
  apply(changes: readonly Change[], checkpoint: Position, parking?: Parking): Promise<void>;
  /** null: nothing was applied yet. */
  checkpoint(): Promise<Position | null>;
  /** What every read from now on is at least as of: the checkpoint as this was called, by whichever process. */
  refresh(): Promise<Position | null>;
  /** By position. */
  parked(): Promise<ParkedStream[]>;
  /** Up to `limit` texts of current documents that have no vector of this model, oldest first. */
  wantedVectors(limit: number): Promise<WantedVector[]>;
  /** Keeps vectors by (model, hash) and gives them to every passage that has the text. */
  putVectors(vectors: readonly { hash: string; vector: Float32Array }[]): Promise<void>;
};

// ── What queries read ───────────────────────────────────────────────────────

export type MetadataOperator =
  | { eq: Json }
  | { ne: Json }
  | { in: Json[] }
  | { gt: Json }
  | { gte: Json }
  | { lt: Json }
  | { lte: Json }
  | { contains: string }
  | { exists: boolean };

/**
 * `key` is a dotted path into the metadata. gt … lte compare numbers with numbers and strings with strings (by code
 * unit), nothing else; `contains` is a substring of a string or a member of an array; `ne` also holds where the key is
 * missing; `eq`, `ne` and `in` compare JSON values whole.
 */
export type MetadataFilter = { key: string; test: MetadataOperator };

/** All that is named must hold. Lists are "any of"; an empty list matches nothing. */
export type MemoryFilter = {
  namespaces?: readonly string[];
  scopes?: readonly Scope[];
  types?: readonly MemoryType[];
  /** Owners. */
  agents?: readonly string[];
  authors?: readonly string[];
  users?: readonly string[];
  sessions?: readonly string[];
  /** after: later than; before: earlier than. */
  createdAfter?: Instant;
  createdBefore?: Instant;
  occurredAfter?: Instant;
  occurredBefore?: Instant;
  minEffectiveness?: number;
  metadata?: readonly MetadataFilter[];
  /** For playbooks: one of these contexts, or no contexts of its own. */
  applicableContexts?: readonly string[];
  and?: readonly MemoryFilter[];
  or?: readonly MemoryFilter[];
  not?: MemoryFilter;
};

/** What every read is bound to: whose eyes, which rows, and the time that decides what has expired. */
export type Selection = {
  reader: Reader;
  filter?: MemoryFilter;
  /** Deprecated memories too; false unless given. */
  includeDeprecated?: boolean;
  now: Instant;
};

/** Newest first: by createdAt, then id, both descending. `after` is the `cursor` of a row. */
export type ListQuery = Selection & { first: number; after?: string };
export type ListPage = {
  rows: (MemoryView & { cursor: string })[];
  hasNextPage: boolean;
  /** Of all pages. */
  total: number;
  position: Position | null;
};

export type SearchQuery = Selection & {
  mode: SearchMode;
  text: string;
  /** The question's vector; null in mode KEYWORD, or when there is none to be had (then words alone decide). */
  vector: Float32Array | null;
  /** The best this many by each channel; the answer is their union. */
  limit: number;
  /** Of the union only the best; all unless given. */
  best?: Best;
};

/** By their measures alone (`scoreOf` in src/text/score.ts): so many, and whatever is as good as the last of them. */
export type Best = { count: number; minScore: number | null };

/** RETRIEVAL.md's two measures; how they make a score is the query's affair. */
export type Candidate = MemoryView & {
  /** Cosine of the best passage; null in mode KEYWORD and while no passage has a vector. */
  similarity: number | null;
  /** BM25 coverage of the best passage, 0 … 1; null in mode SEMANTIC. */
  coverage: number | null;
  /** The question's words, as asked, that the memory accounts for. */
  matchedTerms: string[];
  /** UTF-16 offsets of the passage that fits best; null for a memory of one passage. */
  passage: [start: number, end: number] | null;
};
export type SearchPage = { candidates: Candidate[]; position: Position | null };

/** What a list of records asks for; all that is named must hold. */
export type RecordAttributes = {
  agent?: string;
  status?: string;
  namespace?: string;
  session?: string;
  /** Any of these: `agent:writer`, `team:editors`. */
  participants?: readonly string[];
};

/** Newest first: by what `attributesOf` in record-attributes.ts says it is sorted by, then id, both descending. */
export type RecordsQuery<K extends RecordKind = RecordKind> = {
  kind: K;
  tenant: string;
  where?: RecordAttributes;
  /** Decides what has expired: an offer has the status EXPIRED from its `expiresAt` on, whatever its document says. */
  now: Instant;
  first: number;
  after?: string;
};
export type RecordsPage<K extends RecordKind = RecordKind> = {
  rows: { document: Records[K]; cursor: string }[];
  hasNextPage: boolean;
  /** Of all pages. */
  total: number;
  position: Position | null;
};

/** By id, ascending; `after` is the id of the last row before. */
export type ScanQuery<K extends DocumentKind = DocumentKind> = {
  kind: K;
  tenant: string;
  after: string | null;
  limit: number;
};
export type ScanPage<K extends DocumentKind = DocumentKind> = {
  rows: { id: string; document: Documents[K] }[];
  /** What the rows are as of. */
  position: Position | null;
};

export type ViewReader = {
  /** By id, in the order asked: null for what is not there, not readable, forgotten or expired. Deprecated ones are given. */
  get(reader: Reader, ids: readonly string[], now: Instant): Promise<(MemoryView | null)[]>;
  list(query: ListQuery): Promise<ListPage>;
  /**
   * Unordered. Statistics (counts, frequencies, lengths) are over what the reader may read, in the namespaces that
   * `filter.namespaces` names: how telling a word is depends on the subject. No other filter touches them.
   */
  search(query: SearchQuery): Promise<SearchPage>;
  /** Ids of an agent's living, not deprecated memories whose text has this key (`textKey` in src/text/text-key.ts). */
  findText(tenant: string, textKey: string, now: Instant): Promise<string[]>;
  /** Not filtered by rights: who may see a record is in `where`. */
  records<K extends RecordKind>(query: RecordsQuery<K>): Promise<RecordsPage<K>>;
  /** Every document as it is kept, of a forgotten memory at least that it was. For audits only: no rights are asked. */
  scan<K extends DocumentKind>(query: ScanQuery<K>): Promise<ScanPage<K>>;
};

export type ViewStatistics = {
  memoriesByScope: Record<Scope, number>;
  passages: number;
  vectorsKept: number;
  vectorsWanted: number;
  bytesOnDisk: number | null;
};

/** For views that several processes share: one of them projects at a time, and what another writes meanwhile fails. */
export type Lease = {
  /** Takes it when it is free, or renews it. False: another process has it. UNAVAILABLE when nobody can tell. */
  hold(): Promise<boolean>;
  /** Gives it up, so that nobody has to wait until it lapses. */
  release(): Promise<void>;
  /** Milliseconds within which to call `hold` again, whether it was granted or not. */
  readonly renewEvery: number;
};

export type ViewStore = ViewWriter &
  ViewReader & {
    /** Without one the views are this process's own. */
    readonly lease?: Lease;
    /** Events that are best applied at once, when there are so many; 500 unless given. */
    readonly pageSize?: number;
    statistics(): Promise<ViewStatistics>;
    close(): Promise<void>;
  };

/** A view made under another signature is not read but made anew from the log. */
export type ViewSignature = {
  /** Raised when a projection's documents change shape or meaning. */
  projections: number;
  /** The embedder's model and dimensions. */
  model: string;
  dimensions: number;
};
