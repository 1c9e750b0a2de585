// `npm run import -- <file>`: what was exported, here or from Aegis Memory or Mem0, into a data folder, a server, or the
// EventStoreDB of the distributed profile.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { BadSetting, readConfig } from '../src/config.ts';
import { checkName } from '../src/domain/checks.ts';
import { Failure, failure } from '../src/domain/failure.ts';
import { importEvents } from '../src/importing/import-events.ts';
import { importMemories } from '../src/importing/import-memories.ts';
import { openInProcess } from '../src/importing/memory-target-in-process.ts';
import { openOverHttp } from '../src/importing/memory-target-over-http.ts';
import type { ImportOptions, Pass, Summary } from '../src/importing/progress.ts';
import { formats, openSource, type Source } from '../src/importing/source.ts';
import { textOf } from '../src/importing/summary.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { DataFolderInUse, openDataFolder } from '../src/server/data-folder.ts';
import { DEFAULT_TENANT } from '../src/server/first-start.ts';

const exitCodes = { badLines: 1, badInput: 2, folderInUse: 3, interrupted: 4 };

function name(text: string): string {
  try {
    checkName(text, 'it');
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : '');
  }
}

const command = new Command('import')
  .description('Import events or memories. The same file again changes nothing; nothing is written if a line is bad.')
  .argument('<file>', "an export of Annals (events or memories), Aegis Memory's JSON lines, or Mem0's get_all")
  .addOption(new Option('--format <format>', 'what the file is').choices(['auto', ...formats]).default('auto'))
  .option(
    '--data <folder>',
    'into this data folder, which no server may have open; into EVENTSTORE_URL when that is set and this is not given',
    process.env.ANNALS_DATA ?? 'data',
  )
  .option('--url <url>', 'through this running server instead (memories only)')
  .option('--key <key>', "the server's key for --url; ANNALS_KEY, or default.key in --data, unless given")
  .option('--tenant <name>', "into this tenant's; events stay their own tenant's unless given", name)
  .option('--as <agent>', "make it all this agent's; else memories keep their owner, or get `imported`", name)
  .option('--no-votes', 'do not cast the votes that the file has as numbers')
  .option('--skip-bad', 'pass bad lines over, and import the rest', false)
  .option('--dry-run', 'check the file and write nothing', false)
  .option('--json', 'print the summary as JSON', false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.badInput))
  .parse();

const options = z
  .object({
    format: z.enum(['auto', ...formats]),
    data: z.string(),
    url: z.string().optional(),
    key: z.string().optional(),
    tenant: z.string().optional(),
    as: z.string().optional(),
    votes: z.boolean(),
    skipBad: z.boolean(),
    dryRun: z.boolean(),
    json: z.boolean(),
  })
  .parse(command.opts());

let eventStore: string | null = null;
try {
  if (command.getOptionValueSource('data') !== 'cli') eventStore = readConfig(process.env).engines?.eventStore ?? null;
  const source = await openSource(command.args[0] ?? '', options.format === 'auto' ? null : options.format);
  const summary = await showing(source, (onProgress) => importFrom(source, { ...options, onProgress }));
  console.log(options.json ? JSON.stringify(summary, null, 2) : textOf(summary, options));
  process.exitCode = summary.bad > 0 && !options.skipBad ? exitCodes.badLines : 0;
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = exitCodeOf(error);
}

async function importFrom(source: Source, importing: ImportOptions): Promise<Summary> {
  if (source.format === 'events' && options.as !== undefined)
    throw failure('INVALID_INPUT', '--as is for memories; events keep the agents that made them');
  if (options.url !== undefined) return importToServer(source, options.url, importing);
  const tenant = options.tenant ?? null;
  // A dry run makes no folder.
  if (options.dryRun && eventStore === null && !existsSync(join(options.data, 'events.db')))
    return source.format === 'events'
      ? importEvents(source, { log: null, tenant }, importing)
      : importMemories(source, source.format, null, memoryOptions(importing));
  await using open = new AsyncDisposableStack();
  const log = await openLog(open);
  if (source.format === 'events') return await importEvents(source, { log, tenant }, importing);
  const target = open.adopt(await openInProcess(log, tenant ?? DEFAULT_TENANT), (it) => it.close());
  return await importMemories(source, source.format, target, memoryOptions(importing));
}

async function openLog(open: AsyncDisposableStack): Promise<EventLog> {
  if (eventStore !== null) {
    const { openEventStoreLog } = await import('../src/log/eventstoredb/eventstoredb-log.ts');
    return open.adopt(await openEventStoreLog({ url: eventStore }), (it) => it.close());
  }
  const folder = open.adopt(openDataFolder(options.data), (it) => it.close());
  return open.adopt(await openSqliteLog({ file: folder.files.log }), (it) => it.close());
}

async function importToServer(source: Source, url: string, importing: ImportOptions): Promise<Summary> {
  if (source.format === 'events')
    throw failure('INVALID_INPUT', 'events are imported into a data folder: stop its server and name it with --data');
  if (options.tenant !== undefined)
    throw failure('INVALID_INPUT', "--tenant is for a data folder; with --url the key's tenant gets the memories");
  return importMemories(source, source.format, openOverHttp({ url, key: keyOf() }), memoryOptions(importing));
}

function memoryOptions(importing: ImportOptions) {
  return { ...importing, agent: options.as ?? null, votes: options.votes };
}

function keyOf(): string {
  const given = options.key ?? process.env.ANNALS_KEY;
  if (given) return given;
  const file = join(options.data, 'default.key');
  if (!existsSync(file))
    throw failure('INVALID_INPUT', 'there is no key: say --key, set ANNALS_KEY, or point --data at it');
  return readFileSync(file, 'utf8').trim();
}

/** A bar on a terminal, for each pass; nothing where nobody looks. */
async function showing<T>(
  { bytes }: Source,
  work: (onProgress: ImportOptions['onProgress']) => Promise<T>,
): Promise<T> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const bar = new SingleBar(
    { format: '{pass} {bar} {percentage}%', stream: process.stderr, clearOnComplete: true },
    Presets.rect,
  );
  let running: Pass | null = null;
  try {
    return await work((pass, read) => {
      if (pass !== running) bar.start(bytes, 0, { pass });
      running = pass;
      bar.increment(read);
    });
  } finally {
    bar.stop();
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof DataFolderInUse) return exitCodes.folderInUse;
  if (error instanceof BadSetting) return exitCodes.badInput;
  return error instanceof Failure && error.code === 'INVALID_INPUT' ? exitCodes.badInput : exitCodes.interrupted;
}

function sentenceOf(error: unknown): string {
  if (error instanceof DataFolderInUse) return `${error.message}: stop it, or import memories through it with --url`;
  if (error instanceof Failure || error instanceof BadSetting) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
