// How often the log really asks the kernel to bring its data to the disk, counted by strace.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Calls of fsync and fdatasync during so many appends one after the other; null where there is no strace. */
export function syncsDuring(appends: number, folder: string): number | null {
  const trace = join(folder, 'trace');
  const probe = fileURLToPath(new URL('sync-probe.ts', import.meta.url));
  const count = (events: number) => {
    const command = ['-f', '-e', 'trace=fsync,fdatasync', '-o', trace, process.execPath, probe];
    const run = spawnSync('strace', [...command, join(folder, `probe-${events}.db`), String(events)]);
    return run.status === 0 ? (readFileSync(trace, 'utf8').match(/\bf(data)?sync\(/g) ?? []).length : null;
  };
  const [without, during] = [count(0), count(appends)];
  return without === null || during === null ? null : during - without;
}
