// views.db: the documents, one row a memory, and the checkpoint beside them. It can always be made again from the log,
// so a file that is damaged or was made under another signature is thrown away, never repaired.
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { createPrivateFile } from '../../files/private-file.ts';
import type { ViewSignature } from '../view-store.ts';
import { isDamage, removeDatabase } from './damage.ts';

/** Raised when the tables below change. */
const FORMAT = 3;

// audience: the distinct visibilities, so that a reader's rights are decided once for each and not once a row.
// memory.audience is null for a tombstone: a forgotten memory keeps its key, its position and nothing else.
const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE audience (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL, agent TEXT NOT NULL, scope TEXT NOT NULL, agents TEXT NOT NULL, teams TEXT NOT NULL,
    UNIQUE (tenant, agent, scope, agents, teams)
  ) STRICT;
  CREATE TABLE memory (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL, id TEXT NOT NULL, position TEXT NOT NULL, revision INTEGER NOT NULL,
    audience INTEGER, namespace TEXT, type TEXT, author TEXT, user TEXT, session TEXT,
    created TEXT, occurred TEXT, expires TEXT, deprecated INTEGER, text_key TEXT,
    contexts TEXT, metadata TEXT, document TEXT, analysis BLOB, spans TEXT,
    UNIQUE (tenant, id)
  ) STRICT;
  CREATE INDEX memory_newest ON memory (tenant, created DESC, id DESC, audience, namespace, deprecated, expires)
    WHERE audience IS NOT NULL;
  CREATE INDEX memory_audience ON memory (audience, deprecated, expires) WHERE audience IS NOT NULL;
  CREATE INDEX memory_text ON memory (text_key) WHERE text_key IS NOT NULL;
  CREATE INDEX memory_expires ON memory (expires) WHERE expires IS NOT NULL;
  CREATE TABLE votes (
    tenant TEXT NOT NULL, id TEXT NOT NULL, position TEXT NOT NULL, score REAL NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, tenant TEXT NOT NULL, id TEXT NOT NULL, position TEXT NOT NULL, agent TEXT, status TEXT NOT NULL,
    namespace TEXT, session TEXT, at TEXT NOT NULL, expires TEXT, document TEXT NOT NULL,
    UNIQUE (kind, tenant, id)
  ) STRICT;
  CREATE INDEX record_newest ON record (kind, tenant, at DESC, id DESC, agent, status, namespace, session, expires);
  CREATE TABLE participant (
    name TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (name, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX participant_record ON participant (record);
  CREATE TABLE parked (
    stream TEXT PRIMARY KEY, position TEXT NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL, events INTEGER NOT NULL,
    since TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export type ViewsFile = {
  db: DatabaseSync;
  /** Why the file was begun empty; null when it was read as it is. */
  begunAnew: string | null;
};

/** Opens the file for writing; one process, one writer. */
export function openViewsFile(path: string, signature: ViewSignature): ViewsFile {
  const wanted = JSON.stringify({ format: FORMAT, ...signature });
  const { db, fault } = tryOpen(path, wanted);
  if (db !== null) return { db, begunAnew: fault };
  removeDatabase(path);
  const again = tryOpen(path, wanted);
  if (again.db === null) throw new Error(`the views file cannot be made: ${again.fault}`);
  return { db: again.db, begunAnew: fault };
}

function tryOpen(path: string, wanted: string): { db: DatabaseSync | null; fault: string | null } {
  let db: DatabaseSync | null = null;
  try {
    createPrivateFile(path);
    db = new DatabaseSync(path);
    // Forgotten text is overwritten with zeros. NORMAL may lose the newest commits when the power fails, never the
    // order: the checkpoint then is older, and the log goes on from there.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;');
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32000; PRAGMA foreign_keys = ON;');
    const fault = faultOf(db, wanted);
    if (fault === null) return { db, fault: null };
    if (fault === 'new') {
      create(db, wanted);
      return { db, fault: 'there was none' };
    }
    db.close();
    return { db: null, fault };
  } catch (error) {
    db?.close();
    if (!isDamage(error)) throw error;
    return { db: null, fault: 'it is damaged' };
  }
}

function faultOf(db: DatabaseSync, wanted: string): string | null {
  const tables = db.prepare(`SELECT count(*) AS n FROM sqlite_schema`).get();
  if (tables?.n === 0) return 'new';
  const check = db.prepare('PRAGMA quick_check(1)').get();
  if (check?.quick_check !== 'ok') return 'it is damaged';
  const meta = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).get();
  const found = meta && db.prepare(`SELECT value FROM meta WHERE key = 'signature'`).get();
  return found?.value === wanted ? null : 'it was made by another version or embedder';
}

const signatureShape = z.object({
  format: z.literal(FORMAT),
  projections: z.number(),
  model: z.string(),
  dimensions: z.number(),
});

/** What a file was made under; null where its tables are others than these. */
export function signatureOf(db: DatabaseSync): ViewSignature | null {
  const found = db.prepare(`SELECT value FROM meta WHERE key = 'signature'`).get();
  const { data } = signatureShape.safeParse(JSON.parse(String(found?.value ?? 'null')));
  return data === undefined ? null : { projections: data.projections, model: data.model, dimensions: data.dimensions };
}

/** As it lies there; null also for a file that is not there or is damaged. */
export function signatureIn(path: string): ViewSignature | null {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    return signatureOf(db);
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

function create(db: DatabaseSync, signature: string): void {
  db.exec('BEGIN IMMEDIATE');
  createTables(db);
  db.prepare(`INSERT INTO meta VALUES ('signature', ?)`).run(signature);
  db.exec('COMMIT');
}

export const createTables = (db: DatabaseSync): void => db.exec(TABLES);
