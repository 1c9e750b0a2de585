// Which streams are left out of the views for now: a row each, written in the transaction that moves the checkpoint.
import type { DatabaseSync } from 'node:sqlite';
import { parkedStream } from '../parked-stream.ts';
import type { ParkedStream, Parking } from '../view-store.ts';

export function parkedIn(db: DatabaseSync) {
  const put = db.prepare('INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM parked WHERE stream = ?');
  const rows = db.prepare('SELECT * FROM parked ORDER BY position, stream');
  return {
    note({ park, release }: Parking): void {
      for (const stream of release) remove.run(stream);
      for (const { stream, position, type, reason, events, since } of park)
        put.run(stream, position, type, reason, events, since);
    },
    all: (): ParkedStream[] => rows.all().map((found) => parkedStream.parse(found)),
  };
}
