// `npm run rebuild` as a program: with a running server and without one, killed in the middle and asked for again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServerProcess, startProcess } from '../support/server-process.ts';

const ADMIN = 'the-administrator-of-the-tests';
/** The embedder is away: this is about files and processes, and the model would only cost time. */
const environment = {
  EMBEDDING_URL: 'http://127.0.0.1:9',
  EMBEDDING_MODEL: 'away',
  EMBEDDING_DIMENSIONS: '8',
  ANNALS_ADMIN_KEY: ADMIN,
};

let folder: string;
let running: ServerProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'annals-rebuild-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((server) => end(server, 'SIGKILL')));
  rmSync(folder, { recursive: true });
});

function startServer(): ServerProcess {
  const server = startProcess(folder, environment);
  running.push(server);
  return server;
}

async function end(server: ServerProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  server.kill(signal);
  await server.exited;
}

function start(script: string, args: readonly string[], more: Record<string, string> = environment) {
  const child = spawn(process.execPath, [`scripts/${script}.ts`, '--data', folder, ...args], {
    env: { PATH: process.env.PATH ?? '', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const said = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    said.resolve();
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, stdout, stderr }));
  return { ended, saidSomething: Promise.race([said.promise, ended]), kill: () => child.kill('SIGKILL') };
}
const rebuild = (...args: string[]) => start('rebuild', args).ended;

const RECORD_MANY = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }';
const TOTAL = '{ memories(first: 1) { totalCount } }';

async function fill(server: ServerProcess, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    const input = Array.from({ length: 100 }, (_, n) => ({ content: `note ${batch} ${n} about harbour ${n % 7}` }));
    expect((await server.ask('writer', RECORD_MANY, { input })).errors).toBeUndefined();
  }
}
const totalOf = async (server: ServerProcess) => (await server.ask('writer', TOTAL)).data.memories.totalCount;
const viewsFiles = () => readdirSync(folder).filter((name) => /^views.*\.db$/.test(name));

test('on a folder that nobody serves: switched, back again, and nothing left of the others', async () => {
  const server = startServer();
  await server.ready;
  await fill(server, 1);
  await end(server);

  const over = await rebuild('--json');
  expect(over).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(over.stdout)).toMatchObject({
    phase: 'IDLE',
    result: 'SWITCHED',
    comparison: { questions: 100, same: 100, byWords: true },
    serving: { id: '2' },
    previous: { id: '1' },
  });
  expect(await rebuild('--back')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/switched.*answering {2}1 /s),
  });
  expect(await rebuild('--drop')).toMatchObject({ code: 0 });
  expect(viewsFiles()).toEqual(['views.db']);
  expect(await rebuild('--back')).toMatchObject({ code: 2, stderr: 'there are no views that answered before\n' });
  expect(await start('audit', []).ended).toMatchObject({ code: 0 });
}, 60_000);

test('through a running server, which answers all the while; for its administrator alone', async () => {
  const server = startServer();
  const url = await server.ready;
  await fill(server, 3);
  const { ANNALS_ADMIN_KEY: _, ...stranger } = environment;
  expect(await start('rebuild', ['--url', url], stranger).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ANNALS_ADMIN_KEY'),
  });
  expect(await start('rebuild', ['--url', url, '--key', 'another key of sixteen'], stranger).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('needs a key'),
  });
  let over = false;
  const reading = (async () => {
    while (!over) expect(await totalOf(server)).toBe(300);
  })();
  // Found by its port, as the folder is in use.
  const found = { ...environment, PORT: new URL(url).port };
  expect(await start('rebuild', [], found).ended).toMatchObject({ code: 0 });
  over = true;
  await reading;
  const { stdout } = await start('rebuild', ['--status', '--json'], found).ended;
  expect(JSON.parse(stdout)).toMatchObject({ phase: 'IDLE', serving: { id: '2' }, previous: { id: '1' } });
}, 60_000);

test('killed with -9 in the middle, again and again, as script and as server: what was there answers, and it is gone on with', async () => {
  const server = startServer();
  await server.ready;
  await fill(server, 20);
  await end(server);
  for (let round = 0; round < 2; round++) {
    const script = start('rebuild', []);
    await script.saidSomething;
    script.kill();
    await script.ended;
  }
  for (let round = 0; round < 2; round++) {
    const again = startServer();
    const url = await again.ready;
    const script = start('rebuild', ['--url', url]);
    await script.saidSomething;
    await end(again, 'SIGKILL');
    expect(await script.ended).toMatchObject({ code: expect.any(Number) });
  }
  const last = startServer();
  const url = await last.ready;
  expect(await totalOf(last)).toBe(2_000);
  expect(await rebuild('--url', url)).toMatchObject({ code: 0 });
  expect(await totalOf(last)).toBe(2_000);
  await end(last);
  expect(await start('audit', []).ended).toMatchObject({ code: 0 });
}, 120_000);

test('a folder without a log, and options that do not go together, are refused in a sentence', async () => {
  expect(await rebuild()).toMatchObject({ code: 2, stderr: `there is no event log in ${folder}\n` });
  expect(await rebuild('--back', '--drop')).toMatchObject({ code: 2, stderr: expect.stringContaining('one of') });
});
