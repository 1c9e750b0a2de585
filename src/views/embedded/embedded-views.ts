// The embedded views: documents in SQLite, words and vectors in memory. One worker writes and searches; reads by id
// are answered here, from a connection of its own.
import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Instant, Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import { readable, tombstone } from '../kept-documents.ts';
import {
  type Documents,
  nothingParked,
  type Records,
  type RecordsQuery,
  type ScanQuery,
  type ViewSignature,
  type ViewStore,
} from '../view-store.ts';
import { isDamage } from './damage.ts';
import { openReader, type ViewsReader } from './reader.ts';
import type { ScannedRow } from './scan.ts';
import { WorkerLink } from './worker-link.ts';

export type EmbeddedViewsOptions = {
  viewsFile: string;
  /** Outlives the views file: vectors by model and text. */
  vectorsFile: string;
  signature: ViewSignature;
  /** For throw-away views: the vectors file of others, which is read and never written. */
  sharedVectors?: string;
  /** A module that exports the embedder's `countTokens(text)`; four characters a token without it. */
  countTokens?: URL;
  logger: Logger;
  /** Memories read so far while opening, and all. */
  onProgress?: (done: number, total: number) => void;
  /** Another worker in the place of the store's own, for tests of its death. */
  worker?: URL;
};

export type EmbeddedViews = ViewStore & {
  /** Why the views were begun empty, to be made again from the log; null: they were read as they were. */
  readonly begunAnew: string | null;
  /**
   * Removes the texts and vectors of what expired a minute before `now`, up to 1,000 memories a call; gives back how
   * many. Only to be called when the views have reached the log's head: later events of a memory would find it empty.
   */
  sweep(now: Instant): Promise<number>;
  /** Empties the views, for a log that is not the one they were made from. Vectors are kept as far as texts need them. */
  reset(): Promise<void>;
};

export async function openEmbeddedViews(options: EmbeddedViewsOptions): Promise<EmbeddedViews> {
  const { viewsFile, vectorsFile, signature, countTokens, logger } = options;
  let reader: ViewsReader | null = null;
  let begunAnew: string | null | undefined;
  /** The last checkpoint that somebody was told of: a worker that knows less has lost what was applied. */
  let told: string | null = null;
  let behind = false;

  const link = await WorkerLink.open({
    worker: options.worker ?? new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url),
    settings: {
      viewsFile,
      vectorsFile,
      signature,
      countTokens: countTokens?.href ?? null,
      sharedVectors: options.sharedVectors ?? null,
    },
    logger,
    onProgress: options.onProgress ?? (() => {}),
    onReady(ready) {
      reader = openReader(viewsFile);
      begunAnew ??= ready.begunAnew;
      behind = told !== null && (ready.checkpoint === null || ready.checkpoint < told);
    },
    onDown() {
      reader?.close();
      reader = null;
    },
  });

  function read<T>(work: (reader: ViewsReader) => T): T {
    if (reader === null) throw failure('UNAVAILABLE', 'the views are being opened');
    try {
      return work(reader);
    } catch (error) {
      if (!isDamage(error)) throw error;
      link.call('discard', []).catch(() => {});
      throw failure('UNAVAILABLE', 'the views file is damaged and is made again', {}, { cause: error });
    }
  }

  function admitChanges(): void {
    if (behind) throw failure('UNAVAILABLE', 'the views were begun anew: go on from their checkpoint');
  }

  async function checkpoint(): Promise<Position | null> {
    told = await link.call('checkpoint', []);
    behind = false;
    return told;
  }

  return {
    begunAnew: begunAnew ?? null,

    async load(keys) {
      return read((views) => keys.map((key) => views.load(key)));
    },
    async apply(changes, checkpoint, parking = nothingParked) {
      const documents = changes.map(({ document, ...change }) => ({ ...change, json: JSON.stringify(document) }));
      await link.call('apply', [documents, checkpoint, parking], admitChanges);
      if (told === null || told < checkpoint) told = checkpoint;
    },
    checkpoint,
    // What the worker has applied is in every answer from then on.
    refresh: () => link.call('checkpoint', []),
    parked: () => link.call('parked', []),
    wantedVectors: (limit) => link.call('wantedVectors', [limit]),
    putVectors: (vectors) => link.call('putVectors', [vectors]),

    async get(who, ids, now) {
      return read((views) => ids.map((id) => views.get(who, id, now)));
    },
    async list(query) {
      const { rows, ...page } = await link.call('list', [query]);
      return {
        ...page,
        rows: rows.flatMap(({ cursor, ...pair }) => {
          const view = readable(query.reader, pair, query.now);
          return view === null ? [] : [{ ...view, cursor }];
        }),
      };
    },
    async search(query) {
      const { rows, position } = await link.call('search', [query]);
      return {
        position,
        candidates: rows.flatMap(({ document, votes, ...scores }) => {
          const view = readable(query.reader, { document, votes }, query.now);
          return view === null ? [] : [{ ...view, ...scores }];
        }),
      };
    },
    // The rows of a kind have that kind's documents; the text of a row cannot say so.
    async records<K extends keyof Records>(query: RecordsQuery<K>) {
      const { rows, ...page } = await link.call('records', [query]);
      return {
        ...page,
        rows: rows.map(({ document, cursor }) => ({ document: JSON.parse(document) as Records[K], cursor })),
      };
    },
    async scan<K extends keyof Documents>(query: ScanQuery<K>) {
      const { rows, position } = await link.call('scan', [query]);
      const documentOf = ({ id, document, revision }: ScannedRow) =>
        document === null ? tombstone(query.tenant, id, revision) : JSON.parse(document);
      return { rows: rows.map((row) => ({ id: row.id, document: documentOf(row) as Documents[K] })), position };
    },
    async findText(tenant, textKey, now) {
      return read((views) => views.findText(tenant, textKey, now));
    },

    async statistics() {
      return { ...(await link.call('statistics', [])), bytesOnDisk: sizeOf(viewsFile) + sizeOf(vectorsFile) };
    },
    sweep: (now) => link.call('sweep', [now]),
    async reset() {
      await link.call('reset', []);
      told = null;
      behind = false;
    },
    async close() {
      reader?.close();
      reader = null;
      await link.close();
    },
  };
}

/** With what SQLite keeps beside the file. */
const sizeOf = (path: string): number =>
  ['', '-wal', '-shm'].reduce(
    (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
