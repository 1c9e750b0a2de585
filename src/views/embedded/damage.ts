// What a damaged SQLite file looks like from here, and how it is put out of the way.
import { rmSync } from 'node:fs';

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** A reader found the views' file damaged. */
export class DamagedViews extends Error {}

/** The file itself is at fault; nothing but making it anew helps. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedViews) return true;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  const primary = error.errcode & 0xff;
  return primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB;
}

/** Removes a database with the files SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
