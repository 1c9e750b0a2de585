// `npm run import` as a program: what it prints, how it ends, and that it may be killed at any time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { openDataFolder } from '../../src/server/data-folder.ts';
import { serve } from '../../src/server/serve.ts';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { startEventStore } from '../support/eventstore/event-store.ts';
import { anEvent, aRecording, at } from '../support/fixtures.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let data: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  data = folder.file('data');
});
afterEach(() => folder.remove());

const start = (...args: string[]) => startWith({}, ...args);
function startWith(environment: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, ['scripts/import.ts', ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, stdout, stderr }));
  return { ended, kill: () => child.kill('SIGKILL') };
}
const run = (...args: string[]) => start(...args).ended;

async function write(lines: readonly (object | string)[]): Promise<string> {
  const file = folder.file('file');
  await writeFile(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return file;
}
const events = (count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    ...anEvent({ type: 'memory.recorded', data: aRecording({ content: `note ${n}` }) }),
    stream: `memory-acme+${n}`,
    revision: 0,
    position: at(n + 1),
  }));
const without = ({ position: _, ...event }: RecordedEvent) => event;

async function logged(): Promise<RecordedEvent[]> {
  const log = await openSqliteLog({ file: join(data, 'events.db') });
  const all: RecordedEvent[] = [];
  for (let after: string | null = null; ; ) {
    const page = await log.read({ after, tenant: 'acme', limit: 10_000 });
    all.push(...page.events);
    if (page.end) break;
    after = page.position;
  }
  await log.close();
  return all;
}

test('a summary for people, and one for programs', async () => {
  const file = await write(events(3));
  expect(await run(file, '--data', data)).toEqual({ code: 0, stdout: '3 of 3 events imported.\n', stderr: '' });
  const { code, stdout } = await run(file, '--data', data, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'events',
    items: 3,
    imported: 0,
    there: 3,
    bad: 0,
    written: true,
  });
});

test('bad lines: named, nothing written, exit 1; passed over when told so', async () => {
  const [first, second] = events(2);
  const file = await write([first ?? '', 'nonsense', second ?? '']);
  const refused = await run(file, '--data', data);
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('line 2: is not JSON\n') });
  expect(refused.stdout).toContain('Nothing was written. Mend these lines, or pass them over with --skip-bad.');
  expect(await logged()).toEqual([]);
  expect(await run(file, '--data', data, '--skip-bad')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2 of 3 events imported; 1 bad, passed over.'),
  });
});

test('a dry run makes no folder', async () => {
  for (const line of [events(1)[0] ?? {}, { id: '1', content: 'note', scope: 'global' }])
    expect(await run(await write([line]), '--data', data, '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing was written: a dry run.'),
    });
  expect(existsSync(data)).toBe(false);
});

test.each([
  ['a file that is not there', ['no-such-file'], 'the file cannot be read (ENOENT)'],
  ['an option that is not known', ['file', '--what'], 'unknown option'],
  ['a tenant that is no name', ['file', '--tenant', 'a b'], 'a-z A-Z 0-9'],
])('%s: exit 2', async (_name, args, said) => {
  expect(await run(...args, '--data', data)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
});

test.each([
  ['a server', ['--url', 'http://127.0.0.1:1'], 'stop its server'],
  ['another agent', ['--as', 'ann'], 'events keep the agents that made them'],
])('events do not go to %s: exit 2', async (_name, args, said) => {
  const file = await write(events(1));
  expect(await run(file, '--data', data, ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
});

test('a folder that a server has open: exit 3', async () => {
  const held = openDataFolder(data);
  try {
    expect(await run(await write(events(1)), '--data', data)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('is in use by another Annals process'),
    });
  } finally {
    held.close();
  }
});

/** More than the first appends are in the log: so many bytes. */
const written = (bytes: number) => {
  const wal = join(data, 'events.db-wal');
  return expect.poll(() => existsSync(wal) && statSync(wal).size > bytes, { interval: 1 }).toBe(true);
};

const MANY = 20_000;

test('killed in the middle and begun again, it completes, with nothing twice', async () => {
  const all = events(MANY);
  const file = await write(all);
  const first = start(file, '--data', data);
  await written(1_500_000);
  first.kill();
  expect((await first.ended).code).toBe('SIGKILL');
  const half = (await logged()).length;
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(MANY);

  const { stdout } = await run(file, '--data', data, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ imported: MANY - half, there: half });
  expect((await logged()).map(without)).toEqual(all.map(without));
}, 60_000);

test('memories killed in the middle and begun again: each once, with its votes', async () => {
  const count = 3_000;
  const memory = (n: number) => ({
    id: `${n}`,
    content: `note ${n}`,
    agent_id: `agent-${n % 5}`,
    scope: 'global',
    bullet_helpful: n % 2,
  });
  const file = await write(Array.from({ length: count }, (_, n) => memory(n)));
  const first = start(file, '--data', data, '--tenant', 'acme');
  await written(500_000);
  first.kill();
  expect((await first.ended).code).toBe('SIGKILL');
  const half = await logged();
  expect(half.length).toBeGreaterThan(0);

  expect(await run(file, '--data', data, '--tenant', 'acme')).toMatchObject({ code: 0 });
  const whole = await logged();
  const types = Map.groupBy(whole, ({ type }) => type);
  expect(types.get('memory.recorded')?.length).toBe(count);
  expect(types.get('memory.voted')?.length).toBe(count / 2);
  expect(whole.slice(0, half.length)).toEqual(half);
  expect(half.length).toBeLessThan(whole.length);
}, 60_000);

const verified = async (server: TestApp) => {
  const { data, errors } = await server.ask(operator, '{ verify { matches replayed served } }');
  expect(errors).toBeUndefined();
  return data.verify;
};

test('what a server exports makes the same state in an empty one', async () => {
  const from = await startTestApp();
  const ask = async (who: string | typeof operator, query: string) => {
    const { data, errors } = await from.ask(who, query);
    expect(errors).toBeUndefined();
    return data;
  };
  await ask(operator, 'mutation { addToTeam(team: "red", agents: ["ann", "bob"]) { position } }');
  const { recordMemory } = await ask(
    'ann',
    'mutation { recordMemory(input: { content: "one 🦉", scope: GLOBAL, dedupe: true }) { memory { id } } }',
  );
  const { id } = recordMemory.memory;
  await ask('bob', `mutation { vote(input: { memory: "${id}", value: HELPFUL }) { position } }`);
  await ask('ann', 'mutation { recordMemory(input: { content: "two", scope: AGENT_SHARED }) { position } }');
  await ask(
    'ann',
    `mutation { offerHandoff(input: { to: { team: "red" }, task: "go on", memories: ["${id}"] }) { position } }`,
  );
  const { search } = await ask('bob', '{ search(input: { query: "one", receipt: true }) { receipt } }');
  await ask('ann', `mutation { reviseMemory(input: { id: "${id}", content: "one, later" }) { position } }`);
  await from.settled();
  const file = folder.file('export');
  await writeFile(file, await (await from.request(operator, '/export?format=events')).text());
  const before = await verified(from);
  await from.close();
  expect(before.matches).toBe(true);

  expect(await run(file, '--data', data)).toMatchObject({ code: 0 });
  const log = await openSqliteLog({ file: join(data, 'events.db') });
  const into = await startTestApp({ log });
  try {
    await into.settled();
    expect(await verified(into)).toEqual(before);
    const { data: seen } = await into.ask('bob', '{ handoffs(first: 1) { nodes { memories { content } } } }');
    expect(seen.handoffs.nodes).toEqual([{ memories: [{ content: 'one 🦉' }] }]);
    const { data: kept } = await into.ask(
      'bob',
      `{ why(receipt: "${search.receipt}") { position returned { memory { content } } } }`,
    );
    expect(kept.why.returned[0]).toEqual({ memory: { content: 'one 🦉' } });
    await expect(log.parsePosition(kept.why.position, 'position')).resolves.toBe(kept.why.position);
  } finally {
    await into.close();
  }
});

test('with EVENTSTORE_URL set events go there, unless a folder is named', async () => {
  await using stack = new AsyncDisposableStack();
  const from = await startTestApp();
  stack.defer(from.close);
  await from.ask('ann', 'mutation { recordMemory(input: { content: "one" }) { position } }');
  const file = folder.file('export');
  await writeFile(file, await (await from.request(operator, '/export?format=events&keys=true')).text());
  const server = await startEventStore();
  stack.defer(server.stop);
  const engines = { EVENTSTORE_URL: server.url, ELASTICSEARCH_URL: 'http://127.0.0.1:1', ANNALS_DATA: data };
  const withEngines = (...args: string[]) => startWith(engines, file, '--json', ...args).ended;

  const summaries = [await withEngines('--dry-run'), await withEngines(), await withEngines()];
  expect(summaries.map(({ code, stdout }) => [code, JSON.parse(stdout)])).toMatchObject([
    [0, { imported: 2, written: false }],
    [0, { imported: 2, written: true }],
    [0, { imported: 0, there: 2 }],
  ]);
  const log = await openEventStoreLog({ url: server.url });
  stack.defer(log.close);
  const { events } = await log.read({ after: null, limit: 10 });
  expect(events.map(({ type }) => type)).toEqual(['key.issued', 'memory.recorded']);
  expect(existsSync(data)).toBe(false);

  expect(await withEngines('--data', data)).toMatchObject({ code: 0 });
  expect(existsSync(data)).toBe(true);
  const half = startWith({ EVENTSTORE_URL: server.url }, file);
  expect(await half.ended).toMatchObject({ code: 2, stderr: expect.stringContaining('ELASTICSEARCH_URL is missing') });
});

test('memories go through a server, with the key that is given', async () => {
  const server = await startTestApp();
  const listening = await serve(server.app, '127.0.0.1', 0);
  try {
    const file = await write([{ id: '1', content: 'note', scope: 'global', bullet_helpful: 2 }]);
    const args = [file, '--url', listening.url, '--key', server.tenantKey, '--as', 'ann'];
    expect(await run(...args)).toMatchObject({ code: 0, stdout: '1 of 1 memories imported.\n' });
    await server.settled();
    const { data } = await server.ask('bob', '{ memories { nodes { agent content effectiveness { helpful } } } }');
    expect(data.memories.nodes).toEqual([{ agent: 'ann', content: 'note', effectiveness: { helpful: 2 } }]);
    expect(await run(file, '--url', listening.url, '--data', folder.path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no key'),
    });
  } finally {
    await listening.close(1_000);
    await server.close();
  }
});
