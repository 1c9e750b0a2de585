import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes an empty file that its owner alone may read (SQLite gives the same rights to its companions), and sees to it that
 * its name survives a power cut. A file that is there is not even opened: closing it again would drop every POSIX lock
 * that this process has on it, SQLite's included.
 */
export function createPrivateFile(file: string): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a', 0o600));
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
