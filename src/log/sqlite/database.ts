// The log's file: how it is opened, laid out and checked before anything is read from it.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { failure } from '../../domain/failure.ts';
import { createPrivateFile } from '../../files/private-file.ts';
import { damaged, troubleOf } from './trouble.ts';

/** Raised when the layout changes; a file with a higher number is refused. */
const FORMAT = 1;

const FULL_CHECK_BYTES = 64 * 2 ** 20;
const QUICK_CHECK_BYTES = 2 ** 30;

type Database = { db: DatabaseSync; logId: string };

// The category and tenant of a stream are columns of their own, for the two indices that filtered reads walk. AUTOINCREMENT:
// the position of a deleted event is not given again.
const layout = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    category TEXT NOT NULL,
    tenant TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    crc INTEGER NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  CREATE INDEX events_by_category ON events (category);
  CREATE INDEX events_by_tenant ON events (tenant, category);
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Opens or makes the file. Throws UNAVAILABLE, with a sentence for the operator, for one that cannot be trusted. */
export function openDatabase(file: string, maxPages?: number): Database {
  createPrivateFile(file);
  const db = new DatabaseSync(file, { timeout: 2000 });
  try {
    configure(db);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    const logId = prepare(db);
    check(db, statSync(file).size);
    return { db, logId };
  } catch (error) {
    db.close();
    throw troubleOf(error);
  }
}

const settings = [
  // A deleted event's bytes are overwritten with zeros.
  'secure_delete = ON',
  'cell_size_check = ON',
  // 32 MB: ids and streams are random, so inserts touch the indices everywhere.
  'cache_size = -32768',
  // 16 MB of write-ahead log, in which the same index pages come again and again, go to the file at once: 1.3 times the
  // rate of the default of 4 MB.
  'wal_autocheckpoint = 4000',
];

function configure(db: DatabaseSync): void {
  const mode = pragma(db, 'journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  // Without both an acknowledged event could be lost, so nothing is taken for granted (a network disk refuses WAL).
  if (mode !== 'wal' || pragma(db, 'synchronous') !== 2)
    throw failure('UNAVAILABLE', 'the event log needs a disk that supports a write-ahead log');
  for (const setting of settings) db.exec(`PRAGMA ${setting}`);
}

/** Lays out a new file, or refuses one of another kind or a later format. Gives the log's id. */
function prepare(db: DatabaseSync): string {
  db.exec('BEGIN IMMEDIATE');
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length === 0) {
    db.exec(layout);
    describe(db, randomBytes(3).toString('hex'));
  } else if (!tables.some(({ name }) => name === 'meta')) {
    throw failure('UNAVAILABLE', 'the file of the event log is a database, but not an event log of Annals');
  }
  const rows = db.prepare('SELECT key, value FROM meta').all();
  db.exec('COMMIT');
  const { format, log, crc } = Object.fromEntries(rows.map(({ key, value }) => [key, String(value)]));
  if (Number(format) > FORMAT)
    throw failure(
      'UNAVAILABLE',
      `the event log has format ${format}, made by a later Annals; this one reads ${FORMAT}`,
    );
  if (log === undefined || crc !== descriptionChecksum(Number(format), log)) throw damaged('in its description');
  return log;
}

function describe(db: DatabaseSync, logId: string): void {
  const set = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  set.run('format', String(FORMAT));
  set.run('log', logId);
  set.run('crc', descriptionChecksum(FORMAT, logId));
}

const descriptionChecksum = (format: number, logId: string): string => String(crc32(`${format}.${logId}`));

/**
 * Up to FULL_CHECK_BYTES everything is checked, the indices against the table (about 150 MB a second); up to
 * QUICK_CHECK_BYTES the structure of the pages (about 600 MB a second). A larger log opens at once: SQLite looks at the
 * structure of each page as it reads it, and the rows have their checksums, however large the log.
 */
function check(db: DatabaseSync, bytes: number): void {
  const { last, given } = db.prepare(heads).get() ?? {};
  if (Number(last) > Number(given)) throw damaged('in the count of its positions');
  if (bytes > QUICK_CHECK_BYTES) return;
  const finding = pragma(db, bytes > FULL_CHECK_BYTES ? 'quick_check(1)' : 'integrity_check(1)');
  if (finding !== 'ok') throw damaged('in the structure of its file', finding);
}

/** The last event that is there, and the last position that was given: the same, unless that event was deleted. */
const heads = `SELECT
  (SELECT coalesce(max(position), 0) FROM events) AS last,
  coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS given`;

const pragma = (db: DatabaseSync, text: string) => Object.values(db.prepare(`PRAGMA ${text}`).get() ?? {})[0];
