// A views file as it lies there, for audits: nothing is loaded, written, repaired or made anew, whoever else has it open.
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import { tombstone } from '../kept-documents.ts';
import type { Documents, ScanQuery, ViewReader } from '../view-store.ts';
import { isDamage } from './damage.ts';
import { scanRows } from './scan.ts';
import { inSnapshot } from './transaction.ts';
import { signatureOf } from './views-file.ts';

export type ReadOnlyViews = Pick<ViewReader, 'scan'> & { close(): void };

/** UNAVAILABLE, with a sentence, for a file that is not there, is damaged, or was made by another version. */
export function openReadOnlyViews(path: string, projections: number): ReadOnlyViews {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      if (isDamage(cause)) throw failure('UNAVAILABLE', 'the views file is damaged', {}, { cause });
      throw cause;
    }
  };
  const db = guarded(() => open(path));
  const meta = guarded(() => {
    const value = db.prepare('SELECT value FROM meta WHERE key = ?');
    return (key: string) => value.get(key)?.value;
  });
  if (guarded(() => signatureOf(db))?.projections !== projections) {
    db.close();
    throw failure('UNAVAILABLE', 'the views were made by another version: the next start makes them anew');
  }

  return {
    async scan<K extends keyof Documents>(query: ScanQuery<K>) {
      return guarded(() =>
        inSnapshot(db, () => ({
          rows: scanRows(db, query).map(({ id, document, revision }) => ({
            id,
            // The rows of a kind have that kind's documents; the text of a row cannot say so.
            document: (document === null
              ? tombstone(query.tenant, id, revision)
              : JSON.parse(document)) as Documents[K],
          })),
          position: (meta('checkpoint') as string | undefined) ?? null,
        })),
      );
    },
    close: () => db.close(),
  };
}

function open(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    db.exec('PRAGMA busy_timeout = 5000');
    return db;
  } catch (cause) {
    if (isDamage(cause)) throw cause;
    throw failure('UNAVAILABLE', 'there are no views that can be read', {}, { cause });
  }
}
