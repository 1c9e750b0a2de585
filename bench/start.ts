// How long a start takes with many memories: read from the files, and made again from the log with the vectors kept.
// Each in a process of its own, beside bare SQLite reading the same rows. `npm run bench:start [-- --json] [-- --memories 100000]`
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { report } from './support/report.ts';
import { fillFolder, type Step, steps } from './views/start-steps.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    memories: { type: 'string', default: '100000' },
    step: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
});

const run = promisify(execFile);

async function inProcess(step: keyof typeof steps, folder: string): Promise<Step> {
  const { stdout } = await run(process.execPath, [import.meta.filename, '--step', step, '--folder', folder]);
  return JSON.parse(stdout) as Step;
}

async function main(memories: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
  try {
    await fillFolder(folder, memories);
    const baseline = await inProcess('bare', folder);
    const ready = await inProcess('ready', folder);
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${suffix}`), { force: true });
    const rebuilt = await inProcess('rebuilt', folder);
    const row = (what: string, { seconds, megabytes }: Step) => ({ what, memories, seconds, 'resident MB': megabytes });
    report({
      title: 'A start',
      rows: [
        row('ready from files', ready),
        row('made again from the log, vectors kept', rebuilt),
        row('baseline: bare SQLite reads the same rows', baseline),
      ],
      notes: [
        'Each in a process of its own, from the opening of the files to the first answered search; vectors of 384 dimensions.',
        'Asserted: afterwards no text wants a vector.',
        'The files were written just before, so they are in the cache of the operating system.',
      ],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const step = Object.entries(steps).find(([name]) => name === options.step)?.[1];
if (step) console.log(JSON.stringify(await step(options.folder)));
else await main(Number(options.memories));
