// 64 writers that progress one session at once, and 64 sessions, one each: through the commands, beside as many bare
// appends to the log. That nothing is lost is asserted. `npm run bench:sessions [-- --rounds 5 --deltas 40 --json]`
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Caller } from '../src/access/caller.ts';
import { openDirectory } from '../src/access/directory.ts';
import { createCommands } from '../src/commands/commands.ts';
import { sessionNoun } from '../src/commands/session-stream.ts';
import { loadStream } from '../src/commands/stream.ts';
import { streamName } from '../src/domain/streams.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { openSqliteLog } from '../src/log/sqlite/sqlite-log.ts';
import { median, percentile, report } from './support/report.ts';

const WRITERS = 64;
const TENANT = 'bench';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    deltas: { type: 'string', default: '40' },
  },
});
const rounds = Number(options.rounds);
/** Of each writer. */
const deltas = Number(options.deltas);

type Run = { rate: number; latencies: number[] };
/** Tells what the nth delta of a writer does. */
type Write = (writer: number, n: number) => Promise<unknown>;

const writers = Array.from({ length: WRITERS }, (_, writer) => writer);
const sessionOf = (sessions: number) => (writer: number) => `session-${writer % sessions}`;
const deltaOf = (writer: number, n: number) => ({
  completed: [`item ${n % 10} of ${writer}`],
  lastAction: `${writer}/${n}`,
});

const cases = { one: 1, each: WRITERS };
const names = ['bare, one', 'commands, one', 'bare, each', 'commands, each'] as const;
const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
const folder = await mkdtemp(join(tmpdir(), 'annals-bench-sessions-'));

try {
  // Round by round, so that what disturbs the machine meanwhile disturbs all alike. The first round warms up.
  for (let round = 0; round <= rounds; round += 1)
    for (const [name, sessions] of Object.entries(cases)) {
      const bare = await onLog(`${round}-bare-${name}`, (log) => bareAppends(log, sessions));
      const commands = await onLog(`${round}-commands-${name}`, (log) => throughCommands(log, sessions));
      if (round === 0) continue;
      runs.get(`bare, ${name}`)?.push(bare);
      runs.get(`commands, ${name}`)?.push(commands);
    }
  summarise();
} finally {
  await rm(folder, { recursive: true });
}

async function onLog(name: string, work: (log: EventLog) => Promise<Run>): Promise<Run> {
  const log = await openSqliteLog({ file: join(folder, `${name}.db`) });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** The events that the commands would append, with nothing loaded, decided or folded. */
function bareAppends(log: EventLog, sessions: number): Promise<Run> {
  const session = sessionOf(sessions);
  return writeAll((writer, n) => {
    const event = {
      id: randomUUID(),
      type: 'session.progressed',
      recordedAt: new Date().toISOString(),
      data: { next: [], inProgress: [], blocked: [], removed: [], ...deltaOf(writer, n) },
      metadata: { correlationId: 'bench', actor: `agent-${writer}`, tenant: TENANT, schema: 1 },
    };
    return log.append([{ stream: streamName('session', TENANT, session(writer)), expected: 'any', events: [event] }]);
  });
}

async function throughCommands(log: EventLog, sessions: number): Promise<Run> {
  const directory = await openDirectory(log);
  const commands = createCommands({
    log,
    directory,
    clock: () => new Date(),
    findText: async () => [],
    parked: async () => [],
    caughtUp: async () => {},
  });
  const as = (writer: number) => commands(callerOf(`agent-${writer}`));
  const session = sessionOf(sessions);
  const ids = [...new Set(writers.map(session))];
  for (const id of ids) await as(0).startSession({ id });
  const run = await writeAll((writer, n) => as(writer).progressSession({ id: session(writer), ...deltaOf(writer, n) }));
  await assertNothingLost(log, ids);
  directory.close();
  return run;
}

function callerOf(agent: string): Caller {
  const reader = { tenant: TENANT, agent, teams: [], peers: [] };
  return { role: 'AGENT', tenant: TENANT, agent, keyId: agent, correlationId: 'bench', reader };
}

/** Each writer tells its next delta when its last was acknowledged. */
async function writeAll(write: Write): Promise<Run> {
  const latencies: number[] = [];
  const begun = performance.now();
  const work = async (writer: number) => {
    for (let n = 0; n < deltas; n += 1) {
      const asked = performance.now();
      await write(writer, n);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(writers.map(work));
  return { rate: (latencies.length * 1000) / (performance.now() - begun), latencies };
}

async function assertNothingLost(log: EventLog, ids: readonly string[]): Promise<void> {
  const streams = await Promise.all(ids.map((id) => loadStream(log, sessionNoun, TENANT, id)));
  const told = streams
    .flatMap(({ events }) => events.map(({ event }) => event.type === 'session.progressed' && event.data.lastAction))
    .filter((action) => action !== false);
  const expected = writers.flatMap((writer) => Array.from({ length: deltas }, (_, n) => `${writer}/${n}`));
  const items = streams.flatMap(({ state }) => state?.items ?? []);
  if (told.length !== expected.length || expected.some((action) => !told.includes(action)))
    throw new Error(`${expected.length} deltas were acknowledged, and ${told.length} are in the log`);
  if (items.length !== WRITERS * Math.min(deltas, 10) || items.some(({ status }) => status !== 'COMPLETED'))
    throw new Error('a session does not have every item that was completed');
}

function summarise(): void {
  const all = (name: string) => runs.get(name) ?? [];
  const latency = (name: string, p: number) => median(all(name).map((run) => percentile(run.latencies, p)));
  // Of each round, so that both sides of a ratio met the same machine.
  const ratio = (name: string, to: string) =>
    median(all(name).map((run, round) => run.rate / (all(to)[round]?.rate ?? Number.NaN)));
  report({
    title: `Sessions on SQLite: ${WRITERS} writers at once`,
    rows: names.map((name) => ({
      case: name.replace('one', 'one session').replace('each', `${WRITERS} sessions`),
      'deltas/s': median(all(name).map((run) => run.rate)),
      'p50 ms': latency(name, 50),
      'p99 ms': latency(name, 99),
      'of bare': name.startsWith('bare') ? '' : ratio(name, name.replace('commands', 'bare')),
    })),
    notes: [
      `${(WRITERS * deltas).toLocaleString('en')} deltas a run, ${deltas} by each writer, one after the other; medians of ${rounds} rounds after one to warm up`,
      'bare: the same events appended to the log by as many writers, with nothing loaded, decided or folded',
      'asserted in every run: each acknowledged delta is in the log once, and each completed item in its session',
      'every answer is the session as it is after the delta, folded from the log',
    ],
  });
}
