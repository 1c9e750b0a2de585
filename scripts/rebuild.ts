// `npm run rebuild`: makes the views anew from the event log while they answer, compares the two, and switches. A running
// server does it, or this process where no server has the data folder; either way it may be killed and asked for again.
// Exit code 0: done; 1: the two differ, and were not switched; 2: it cannot be asked for so; 3: it failed.
import { setTimeout as sleep } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { BadSetting, readConfig } from '../src/config.ts';
import { Failure, failure } from '../src/domain/failure.ts';
import { DataFolderInUse } from '../src/server/data-folder.ts';
import { openInProcess, openRunning, type Server, type Status } from './rebuild/server.ts';

const exitCodes = { done: 0, different: 1, badInput: 2, failed: 3 };
const LOOK_MS = 300;

const command = new Command('rebuild')
  .description('Make the views anew from the event log while they answer, compare the two, and switch.')
  .option('--back', 'switch back to the views that answered before', false)
  .option('--accept', 'switch although the two differ', false)
  .option('--drop', 'break off what is under way, and remove all views but those that answer', false)
  .option('--status', 'only say how far it is, and what views there are', false)
  .option('--url <url>', 'the running server; one on this machine that has the data folder is found')
  .option('--key <key>', "the administrator's key; ANNALS_ADMIN_KEY unless given")
  .option('--data <folder>', 'the data folder', process.env.ANNALS_DATA ?? 'data')
  .option('--json', 'print how it ended as JSON', false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.badInput))
  .parse();

const options = z
  .object({
    back: z.boolean(),
    accept: z.boolean(),
    drop: z.boolean(),
    status: z.boolean(),
    url: z.string().optional(),
    key: z.string().optional(),
    data: z.string(),
    json: z.boolean(),
  })
  .parse(command.opts());

try {
  process.exitCode = await rebuild();
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function rebuild(): Promise<number> {
  if ([options.back, options.drop, options.status].filter(Boolean).length > 1)
    throw failure('INVALID_INPUT', 'say one of --back, --drop and --status');
  await using open = new AsyncDisposableStack();
  const server = open.adopt(await openServer(), (it) => it.close());
  if (options.status || options.drop) {
    tell(await server.ask(options.drop ? 'drop' : 'status'));
    return exitCodes.done;
  }
  const over = await carryOut(server);
  tell(over);
  if (over.result === 'SWITCHED') return exitCodes.done;
  return over.result === 'DIFFERENT' ? exitCodes.different : exitCodes.failed;
}

async function openServer(): Promise<Server> {
  const config = readConfig({ ...process.env, ANNALS_DATA: options.data });
  const here = `http://127.0.0.1:${process.env.PORT || 4000}`;
  if (options.url !== undefined || config.engines !== null) return openRunning(options.url ?? here, keyFor());
  try {
    return await openInProcess(config);
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    return openRunning(here, keyFor());
  }
}

function keyFor(): string {
  const key = options.key ?? process.env.ANNALS_ADMIN_KEY;
  if (key) return key;
  throw failure(
    'INVALID_INPUT',
    "a running server is asked, as its administrator: say --key or ANNALS_ADMIN_KEY, which is the server's setting too; or stop it first",
  );
}

/** One that a server has begun by itself, or for another, is followed first. */
async function carryOut(server: Server): Promise<Status> {
  const { phase } = await server.ask('status');
  if (phase !== 'IDLE') {
    const followed = await follow(server);
    if (options.back || (followed.result !== 'DIFFERENT' && followed.result !== 'FAILED')) return followed;
    if (followed.result === 'DIFFERENT' && !options.accept) return followed;
  }
  await server.ask(options.back ? 'back' : 'start', options.accept);
  return follow(server);
}

async function follow(server: Server): Promise<Status> {
  const bar = process.stderr.isTTY
    ? new SingleBar(
        { format: '{phase} {bar} {percentage}% {value}/{total}', stream: process.stderr, clearOnComplete: true },
        Presets.rect,
      )
    : null;
  let shown: string | null = null;
  try {
    for (;;) {
      const status = await server.ask('status');
      const { phase, done, total, trouble } = status;
      if (phase === 'IDLE') return status;
      const doing = trouble === null ? phase.toLowerCase() : `${phase.toLowerCase()} (${trouble})`;
      bar?.start(total, done, { phase: doing });
      if (bar === null && !options.json && doing !== shown) process.stderr.write(`${doing}\n`);
      shown = doing;
      await sleep(LOOK_MS);
    }
  } finally {
    bar?.stop();
  }
}

function tell(status: Status): void {
  process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : `${linesOf(status).join('\n')}\n`);
}

function linesOf({ phase, done, total, result, reason, comparison, serving, next, previous }: Status): string[] {
  const named = ({ id, model, projections }: Status['serving']) => `${id} (${model}, projections ${projections})`;
  return [
    ...(phase === 'IDLE' ? [] : [`${phase.toLowerCase()}: ${done} of ${total}`]),
    ...(result === 'SWITCHED' ? [pc.green('The views were switched.')] : []),
    ...(result === null || result === 'SWITCHED' ? [] : [pc.red(`The views were not switched (${result}).`)]),
    ...(reason === null ? [] : [reason]),
    ...(comparison === null ? [] : comparisonLines(comparison)),
    `answering  ${named(serving)}`,
    ...(next === null ? [] : [`beside     ${named(next)}`]),
    ...(previous === null ? [] : [`before     ${named(previous)}: \`npm run rebuild -- --back\` switches to it`]),
  ];
}

function comparisonLines({ documents, questions, same, agreement, byWords }: NonNullable<Status['comparison']>) {
  const sum = (of: 'documents' | 'missing' | 'extra') => documents.reduce((total, counts) => total + counts[of], 0);
  return [
    `documents  ${sum('documents')}: ${sum('missing')} missing, ${sum('extra')} extra`,
    `questions  ${questions}${byWords ? ' by words' : ''}: ${same} with the same answer, ${(agreement * 100).toFixed(1)} % in common`,
  ];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof BadSetting) return exitCodes.badInput;
  return error instanceof Failure && error.code !== 'UNAVAILABLE' && error.code !== 'INTERNAL'
    ? exitCodes.badInput
    : exitCodes.failed;
}

function sentenceOf(error: unknown): string {
  if (error instanceof Failure || error instanceof BadSetting) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
