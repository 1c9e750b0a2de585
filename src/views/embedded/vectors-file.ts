// vectors.db: vectors by (model, hash of the text). It outlives views.db, so that a rebuild embeds nothing twice. A
// damaged file is thrown away: what is missing is embedded again.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Position } from '../../domain/event.ts';
import { createPrivateFile } from '../../files/private-file.ts';
import { isDamage, removeDatabase } from './damage.ts';
import { inTransaction } from './transaction.ts';

// `number` keeps the vectors out of the index's pages.
const TABLES = `
  CREATE TABLE IF NOT EXISTS vector (
    number INTEGER PRIMARY KEY, model TEXT NOT NULL, hash TEXT NOT NULL, vector BLOB NOT NULL, UNIQUE (model, hash)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS reached (one INTEGER PRIMARY KEY CHECK (one = 1), position TEXT NOT NULL) STRICT;
`;

type Connection = { db: DatabaseSync; get: StatementSync; put: StatementSync; drop: StatementSync };

export class VectorsFile {
  readonly #path: string;
  readonly #model: string;
  readonly #dimensions: number;
  #open: Connection;

  constructor(path: string, model: string, dimensions: number) {
    this.#path = path;
    this.#model = model;
    this.#dimensions = dimensions;
    this.#open = this.#connect();
  }

  get(hash: string): Float32Array | null {
    return vectorOf(this.#guarded(({ get }) => get.get(this.#model, hash))?.vector, this.#dimensions);
  }

  /** All of the model, in the order of the file: many times faster than one by one. */
  each(use: (hash: string, vector: Float32Array) => void): void {
    this.#guarded(({ db }) => {
      // The plus keeps SQLite from looking up each row by the index of models and then sorting them all.
      const rows = db.prepare('SELECT hash, vector FROM vector WHERE +model = ? ORDER BY number');
      rows.setReturnArrays(true);
      for (const [hash, bytes] of rows.iterate(this.#model) as unknown as Iterable<[string, unknown]>) {
        const vector = vectorOf(bytes, this.#dimensions);
        if (vector !== null) use(hash, vector);
      }
    });
  }

  /** Also notes how far the views had come, see `reached`. */
  put(vectors: readonly { hash: string; vector: Float32Array }[], reached: Position | null): void {
    this.#guarded(({ db, put }) => {
      inTransaction(db, () => {
        for (const { hash, vector } of vectors)
          put.run(this.#model, hash, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
        if (reached !== null) note(db, reached);
      });
    });
  }

  /** Of every model. */
  drop(hashes: Iterable<string>): void {
    this.#guarded(({ db, drop }) => inTransaction(db, () => void Array.from(hashes, (hash) => drop.run(hash))));
  }

  /** A position the views have had: before it they are being made again, and a vector without a text may yet get one. */
  reached(): Position | null {
    const row = this.#guarded(({ db }) => db.prepare('SELECT position FROM reached').get());
    return typeof row?.position === 'string' ? row.position : null;
  }

  noteReached(position: Position | null): void {
    this.#guarded(({ db }) => note(db, position));
  }

  /** Up to `limit` of the kept (number, hash), after a number, of every model. */
  page(after: number, limit: number): { number: number; hash: string }[] {
    const rows = this.#guarded(({ db }) =>
      db.prepare('SELECT number, hash FROM vector WHERE number > ? ORDER BY number LIMIT ?').all(after, limit),
    );
    return rows.map((row) => ({ number: Number(row.number), hash: String(row.hash) }));
  }

  count(): number {
    return Number(
      this.#guarded(({ db }) => db.prepare('SELECT count(*) AS n FROM vector WHERE model = ?').get(this.#model))?.n,
    );
  }

  /** Empties the write-ahead log, where deleted rows would live on; false while somebody reads. */
  truncateLog(): boolean {
    return this.#guarded(({ db }) => db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0);
  }

  close(): void {
    this.#open.db.close();
  }

  #guarded<T>(work: (open: Connection) => T): T {
    try {
      return work(this.#open);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#open.db.close();
      removeDatabase(this.#path);
      this.#open = this.#connect();
      return work(this.#open);
    }
  }

  #connect(): Connection {
    try {
      return connect(this.#path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      removeDatabase(this.#path);
      return connect(this.#path);
    }
  }
}

/** null for bytes that are no vector. */
export function vectorOf(bytes: unknown, dimensions: number): Float32Array | null {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== dimensions * 4) return null;
  // Floats must lie at a multiple of four; a copy does.
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(buffer, byteOffset, dimensions);
}

function connect(path: string): Connection {
  createPrivateFile(path);
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    db.exec('PRAGMA secure_delete = ON; PRAGMA busy_timeout = 5000;');
    db.exec(TABLES);
    return {
      db,
      get: db.prepare('SELECT vector FROM vector WHERE model = ? AND hash = ?'),
      put: db.prepare('INSERT OR REPLACE INTO vector (model, hash, vector) VALUES (?, ?, ?)'),
      drop: db.prepare('DELETE FROM vector WHERE hash = ?'),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function note(db: DatabaseSync, position: Position | null): void {
  if (position === null) db.exec('DELETE FROM reached');
  else
    db.prepare(
      'INSERT INTO reached VALUES (1, ?) ON CONFLICT DO UPDATE SET position = max(position, excluded.position)',
    ).run(position);
}
