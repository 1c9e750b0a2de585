// The vectors of throw-away views: what is kept already is read from where it is kept, what is missing there is the views'
// own and goes with them.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { VectorsFile, vectorOf } from './vectors-file.ts';

export class SharedVectors extends VectorsFile {
  readonly #model: string;
  readonly #dimensions: number;
  readonly #kept: DatabaseSync;
  readonly #find: StatementSync;

  constructor(path: string, keptPath: string, model: string, dimensions: number) {
    super(path, model, dimensions);
    this.#model = model;
    this.#dimensions = dimensions;
    this.#kept = new DatabaseSync(keptPath, { readOnly: true });
    this.#kept.exec('PRAGMA busy_timeout = 5000');
    this.#find = this.#kept.prepare('SELECT vector FROM vector WHERE model = ? AND hash = ?');
  }

  override get(hash: string): Float32Array | null {
    return this.#kept.isOpen ? (this.#keptVector(hash) ?? super.get(hash)) : super.get(hash);
  }

  /** A file of kept vectors that is damaged is its owner's trouble: here the vectors are made again. */
  #keptVector(hash: string): Float32Array | null {
    try {
      return vectorOf(this.#find.get(this.#model, hash)?.vector, this.#dimensions);
    } catch {
      this.#kept.close();
      return null;
    }
  }

  override close(): void {
    super.close();
    if (this.#kept.isOpen) this.#kept.close();
  }
}
