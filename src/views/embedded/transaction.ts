// All or nothing, and a disk that is full is a failure that passes, not the end.
import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import { isDamage } from './damage.ts';

/** One state of the file throughout, for several reads. */
export function inSnapshot<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN');
  try {
    return work();
  } finally {
    db.exec('ROLLBACK');
  }
}

export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw isPassing(error) ? failure('UNAVAILABLE', `the views cannot be written: ${error.errstr}`) : error;
  }
}

/** SQLite says why in a sentence of its own that holds no data. */
export function isPassing(error: unknown): error is Error & { errstr: string } {
  return error instanceof Error && 'errstr' in error && typeof error.errstr === 'string' && !isDamage(error);
}
