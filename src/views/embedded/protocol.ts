// What passes between the main thread and the worker. Documents travel as the JSON text that is kept: a string is
// copied at once, an object is walked.
import type { Instant, Position } from '../../domain/event.ts';
import type { FailureCode, FailureDetails } from '../../domain/failure.ts';
import type { DocumentPair } from '../kept-documents.ts';
import type {
  DocumentKind,
  ListQuery,
  ParkedStream,
  Parking,
  RecordsQuery,
  ScanQuery,
  SearchQuery,
  ViewSignature,
  ViewStatistics,
  WantedVector,
} from '../view-store.ts';
import type { RecordRows } from './records.ts';
import type { ScannedRow } from './scan.ts';

export type WorkerSettings = {
  viewsFile: string;
  vectorsFile: string;
  signature: ViewSignature;
  /** Of a module that exports `countTokens(text): number`; a function cannot go to the worker. */
  countTokens: string | null;
  /** For throw-away views: another's vectors file, which is read and never written. */
  sharedVectors: string | null;
};

export type PutDocument = { kind: DocumentKind; tenant: string; id: string; position: Position; json: string };
export type KeptVector = { hash: string; vector: Float32Array };

export type CandidateRow = DocumentPair & {
  similarity: number | null;
  coverage: number | null;
  matchedTerms: string[];
  passage: [start: number, end: number] | null;
};

/** The worker's methods: arguments and answers. */
export type Methods = {
  apply(changes: readonly PutDocument[], checkpoint: Position, parking: Parking): void;
  checkpoint(): Position | null;
  parked(): ParkedStream[];
  wantedVectors(limit: number): WantedVector[];
  putVectors(vectors: readonly KeptVector[]): void;
  list(query: ListQuery): {
    rows: (DocumentPair & { cursor: string })[];
    hasNextPage: boolean;
    total: number;
    position: Position | null;
  };
  search(query: SearchQuery): { rows: CandidateRow[]; position: Position | null };
  records(query: RecordsQuery): RecordRows & { position: Position | null };
  scan(query: ScanQuery): { rows: ScannedRow[]; position: Position | null };
  sweep(now: Instant): number;
  statistics(): ViewStatistics;
  reset(): void;
  /** The file was found damaged by a reader: ends the worker, to begin anew. */
  discard(): void;
  close(): void;
};
export type Method = keyof Methods;

export type Request = { [M in Method]: { id: number; method: M; parameters: Parameters<Methods[M]> } }[Method];

export type Report =
  | { type: 'progress'; done: number; total: number }
  /** The worker serves. begunAnew: why the views are empty, if they were thrown away or not there. */
  | { type: 'ready'; begunAnew: string | null; checkpoint: Position | null }
  | { type: 'answer'; id: number; value: unknown }
  /** trace: where an error came from that is not a Failure, without its message, which may quote a memory. */
  | { type: 'failure'; id: number; code: FailureCode; message: string; details: FailureDetails; trace: string | null };
