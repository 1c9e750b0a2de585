// What is known of the events of a file and of the streams that they go into: by stream and revision, by id, and by
// the positions they had. It is on disk, in a file that SQLite deletes when it is closed, so its size is no matter.
import { DatabaseSync } from 'node:sqlite';
import type { Position, RecordedEvent } from '../domain/event.ts';
import type { EventLog } from '../log/event-log.ts';

/** new: to be written. there: the log has it. again: a line before it was the same event. */
export type Standing = 'new' | 'there' | 'again';

export type EventLedger = {
  /** Enters an event, or says why it cannot go into its stream. Events are entered in the order of the file. */
  enter(line: number, event: RecordedEvent): Promise<{ standing: Standing } | { problem: string }>;
  /** Whether this line's event is to be written. */
  isNew(line: number, event: RecordedEvent): boolean;
  /** The last event of the file up to this position of the log it comes from. */
  lastUpTo(position: Position): { stream: string; revision: number } | null;
  close(): void;
};

const layout = `
  CREATE TABLE events (
    stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, line INTEGER, position TEXT,
    PRIMARY KEY (stream, revision)
  ) WITHOUT ROWID;
  CREATE TABLE streams (stream TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX by_position ON events (position);
`;

/** `line` is null for what the log had. */
type Entry = { id: string; line: number | null };

/** `log` is where the events go; null: a log that has none yet. */
export function openEventLedger(log: EventLog | null): EventLedger {
  const db = new DatabaseSync('');
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${layout}`);
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  const at = db.prepare('SELECT id, line FROM events WHERE stream = ? AND revision = ?');
  const byId = db.prepare('SELECT stream, revision FROM events WHERE id = ?');
  const lastOf = db.prepare('SELECT revision FROM streams WHERE stream = ?');
  const setLast = db.prepare('INSERT OR REPLACE INTO streams VALUES (?, ?)');
  const setPosition = db.prepare('UPDATE events SET position = ? WHERE stream = ? AND revision = ?');
  const upTo = db.prepare('SELECT stream, revision FROM events WHERE position <= ? ORDER BY position DESC LIMIT 1');

  /** The stream's last revision, with what the log has of it read once. */
  async function revisionOf(stream: string): Promise<number> {
    const known = lastOf.get(stream);
    if (known !== undefined) return Number(known.revision);
    const there = log === null ? [] : await log.readStream(stream);
    for (const { revision, id } of there) if (byId.get(id) === undefined) insert.run(stream, revision, id, null, null);
    const last = there.at(-1)?.revision ?? -1;
    setLast.run(stream, last);
    return last;
  }

  return {
    async enter(line, { stream, revision, id, position }) {
      const last = await revisionOf(stream);
      // The statement selects just these two.
      const kept = at.get(stream, revision) as Entry | undefined;
      if (kept !== undefined) {
        if (kept.id !== id) return { problem: `conflict: ${stream} has another event at revision ${revision}` };
        if (kept.line !== null) return { standing: 'again' };
        setPosition.run(position, stream, revision);
        return { standing: 'there' };
      }
      const elsewhere = byId.get(id);
      if (elsewhere !== undefined) return { problem: `its id is that of an event of ${elsewhere.stream}` };
      if (revision !== last + 1)
        return { problem: `does not continue ${stream}: revision ${revision} after ${last < 0 ? 'none' : last}` };
      insert.run(stream, revision, id, line, position);
      setLast.run(stream, revision);
      return { standing: 'new' };
    },
    isNew: (line, { stream, revision }) => at.get(stream, revision)?.line === line,
    lastUpTo: (position) => {
      const found = upTo.get(position);
      return found === undefined ? null : { stream: String(found.stream), revision: Number(found.revision) };
    },
    close: () => db.close(),
  };
}
