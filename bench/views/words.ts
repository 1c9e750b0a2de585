// Plain SQLite FTS5 over the same contents: what search by words alone costs without an index of one's own.
import { DatabaseSync } from 'node:sqlite';
import { mayRead } from './data.ts';

/** The 50 best by bm25() of the memories that a caller of this share may read. */
export function openWords(contents: readonly string[]): (text: string, share: number) => unknown[] {
  const db = new DatabaseSync(':memory:');
  db.exec(
    'CREATE VIRTUAL TABLE memory USING fts5 (content); CREATE TABLE allowed (number INTEGER PRIMARY KEY, share REAL)',
  );
  const add = db.prepare('INSERT INTO memory (rowid, content) VALUES (?, ?)');
  const allow = db.prepare('INSERT INTO allowed VALUES (?, ?)');
  db.exec('BEGIN');
  contents.forEach((content, number) => {
    add.run(number, content);
    allow.run(number, [0.001, 0.01, 0.1].find((share) => mayRead(share, number)) ?? 1);
  });
  db.exec('COMMIT');
  const ask = db.prepare(`SELECT m.rowid FROM memory m JOIN allowed a ON a.number = m.rowid
    WHERE memory MATCH ? AND a.share <= ? ORDER BY bm25(memory) LIMIT 50`);
  return (text, share) => ask.all(text.split(' ').join(' OR '), share);
}
