// `npm run -s audit -- --data <folder>`: replays the event log of a data folder and compares it, document by document, with
// the views that lie beside it. It writes nothing, so a server may run on the folder meanwhile. Exit code 0: they are the
// same; 1: they differ; 2: it could not be told.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { projected } from '../projections/project-page.ts';
import { PROJECTIONS } from '../projections/version.ts';
import { openDirectory } from '../src/access/directory.ts';
import type { Difference } from '../src/audit/differences.ts';
import { type Verified, verify } from '../src/audit/verify.ts';
import { Failure } from '../src/domain/failure.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { servingFile } from '../src/views/embedded/builds-file.ts';
import { openReadOnlyViews } from '../src/views/embedded/read-only.ts';

const SAME = 0;
const DIFFERENT = 1;
const UNKNOWN = 2;

const command = new Command('audit')
  .description('Replay the event log of a data folder, and compare it with the views that lie beside it.')
  .option('--data <folder>', 'the data folder', process.env.ANNALS_DATA ?? 'data')
  .option('--tenant <name>', 'only this tenant')
  .option('--json', 'print the result as JSON')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? SAME : UNKNOWN))
  .parse();
const { data, tenant, json } = z
  .object({ data: z.string(), tenant: z.string().optional(), json: z.boolean().default(false) })
  .parse(command.opts());

try {
  process.exitCode = await audit();
} catch (error) {
  process.stderr.write(`${error instanceof Failure ? error.message : String(error)}\n`);
  process.exitCode = UNKNOWN;
}

async function audit(): Promise<number> {
  const file = join(data, 'events.db');
  if (!existsSync(file)) return refuse(`there is no event log in ${data}`);
  await using open = new AsyncDisposableStack();
  const log = open.adopt(await openSqliteLog({ file }), (it) => it.close());
  const views = open.adopt(openReadOnlyViews(servingFile(join(data, 'views.db')), PROJECTIONS), (it) => it.close());
  const directory = open.adopt(await openDirectory(log), (it) => it.close());
  const tenants = directory.tenants().sort();
  if (tenant !== undefined && !tenants.includes(tenant)) return refuse(`there is no tenant ${tenant} in ${data}`);

  const started = performance.now();
  const bar = await startBar(log);
  const parts = { log, views, clock: () => new Date() };
  const verified = await verify(parts, tenant === undefined ? tenants : [tenant], {
    onEvents: (events) => bar?.increment(events),
  }).finally(() => bar?.stop());
  const took = performance.now() - started;
  const behind = await log.countAfter(verified.position, projected);
  if (json) process.stdout.write(`${JSON.stringify({ ...verified, behind, took })}\n`);
  else tell(verified, behind, took);
  return verified.matches ? SAME : DIFFERENT;
}

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return UNKNOWN;
}

async function startBar(log: EventLog): Promise<SingleBar | null> {
  if (!process.stderr.isTTY) return null;
  const bar = new SingleBar(
    { format: 'replaying {bar} {percentage}% {value}/{total} events', stream: process.stderr, clearOnComplete: true },
    Presets.rect,
  );
  bar.start(await log.countAfter(null, projected), 0);
  return bar;
}

function tell(result: Verified, behind: number, took: number): void {
  const { matches, events, documents, position, replayed, served, firstDifference } = result;
  const count = (n: number) => n.toLocaleString('en');
  const lines = [
    matches ? pc.green('The views are what the log makes.') : pc.red('The views are not what the log makes.'),
    `${count(events)} events replayed, ${count(documents)} documents compared in ${(took / 1000).toFixed(1)} s`,
    `as of     ${position}${behind > 0 ? ` (${count(behind)} events are not in the views yet)` : ''}`,
    `replayed  ${replayed}`,
    `served    ${served}`,
    ...(firstDifference === null ? [] : ['', ...linesOf(firstDifference)]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function linesOf({ tenant: of, kind, id, problem, field, event }: Difference): string[] {
  const what = {
    missing: 'is not served',
    extra: 'was never recorded',
    different: 'differs',
    unreadable: 'has an event that cannot be read',
  }[problem];
  const how = problem === 'unreadable' ? 'it is' : 'last touched by';
  return [
    `The first difference, in tenant ${of}: the ${kind} ${id} ${what}`,
    ...(field === null ? [] : [`in the field ${field}`]),
    event === null ? 'no event has touched it' : `${how} ${event.type} at ${event.position}`,
  ];
}
