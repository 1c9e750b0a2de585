// Deleting a stream so that nothing of its text stays in the file.
import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';

/**
 * With `secure_delete` the rows are overwritten with zeros in the pages; the checkpoint then brings the pages to the file
 * and empties the write-ahead log, where the text stood too.
 */
export function createStreamEraser(db: DatabaseSync): (stream: string) => void {
  const remove = db.prepare('DELETE FROM events WHERE stream = ?');
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  return (stream) => {
    remove.run(stream);
    if (checkpoint.get()?.busy !== 0)
      throw failure('UNAVAILABLE', 'the stream is deleted, but a reader holds its remains on disk; delete it again');
  };
}
