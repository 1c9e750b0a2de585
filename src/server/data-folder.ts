// The embedded profile's folder: made private, and held by one process at a time.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../domain/failure.ts';
import { createPrivateFile } from '../files/private-file.ts';

export type DataFolder = {
  /** Absolute. */
  path: string;
  files: { log: string; views: string; vectors: string; defaultKey: string };
  /** Lets another process have the folder. */
  close(): void;
};

/** Another process serves from the folder: the program ends with this one sentence and exit code 3. */
export class DataFolderInUse extends Error {
  constructor(path: string) {
    super(`the data folder ${path} is in use by another Annals process`);
    this.name = 'DataFolderInUse';
  }
}

/**
 * Makes the folder with mode 0700 when it is not there, and holds it until `close` or the process ends, however it ends.
 * Throws DataFolderInUse, or INVALID_INPUT for a path that cannot be such a folder.
 */
export function openDataFolder(path: string): DataFolder {
  const folder = resolve(path);
  const lock = hold(folder);
  const file = (name: string) => join(folder, name);
  return {
    path: folder,
    files: {
      log: file('events.db'),
      views: file('views.db'),
      vectors: file('vectors.db'),
      defaultKey: file('default.key'),
    },
    close: () => {
      if (held.delete(lock)) lock.close();
    },
  };
}

/** A lock that nobody refers to would be collected as garbage, and its folder be free while its process serves from it. */
const held = new Set<DatabaseSync>();

/**
 * An exclusive transaction on an empty SQLite file: a lock of the kernel's that Node has no call of its own for. The
 * kernel lets it go when the process dies, so there is no stale lock to find, and the file is never deleted: a process
 * that had it open would then hold a lock that no other one sees.
 */
function hold(folder: string): DatabaseSync {
  const file = join(folder, 'lock');
  try {
    makeFolder(folder);
    createPrivateFile(file);
    const lock = new DatabaseSync(file);
    try {
      lock.exec('BEGIN EXCLUSIVE');
      held.add(lock);
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (cause) {
    if (isBusy(cause)) throw new DataFolderInUse(folder);
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw failure(
      'INVALID_INPUT',
      `ANNALS_DATA: ${folder} cannot be used as the data folder${reason}`,
      { field: 'ANNALS_DATA' },
      { cause },
    );
  }
}

/** Node's own `recursive` tries for ever where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  // Another process may have been faster.
  if (!isFolder(folder)) mkdirSync(folder, { mode: 0o700 });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
