// Where throw-away views lie: in the data folder, as the folder of temporary files may be memory.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from '../server/data-folder.ts';

/** A process that was killed leaves its scratch views behind: they go before there are others. */
export function emptyScratch({ path }: DataFolder): string {
  const parent = join(path, 'scratch');
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { mode: 0o700 });
  return parent;
}
