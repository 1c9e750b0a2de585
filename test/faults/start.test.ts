// Starts that must fail with one clear sentence, and starts that must not.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ServerProcess, startProcess } from '../support/server-process.ts';

let folder = '';
let started: ServerProcess[] = [];
const start = (environment: Record<string, string> = {}, data = join(folder, 'data')) => {
  const server = startProcess(data, environment);
  started.push(server);
  return server;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'annals-start-'));
});
afterEach(async () => {
  for (const server of started) server.kill('SIGKILL');
  await Promise.all(started.map(({ exited }) => exited));
  started = [];
  rmSync(folder, { recursive: true });
});

const VIEWER = '{ viewer { tenant role } }';
const asOperator = { data: { viewer: { tenant: 'default', role: 'TENANT' } } };

test('the first start makes a private folder with a key, says where, serves, and ends with 0', async () => {
  const server = start();
  const url = await server.ready;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'data', 'default.key')).mode & 0o777).toBe(0o600);
  expect(await server.ask(null, VIEWER)).toEqual(asOperator);
  const lines = server.stdout().trim().split('\n');
  const logged = lines.filter((line) => !line.startsWith('ready ')).map((line) => JSON.parse(line));
  expect(logged).toContainEqual(
    expect.objectContaining({ address: url, profile: 'embedded', data: join(folder, 'data') }),
  );
  expect(logged).toContainEqual(expect.objectContaining({ file: join(folder, 'data', 'default.key') }));
  expect(server.stdout()).not.toContain('made anew');
  expect(server.stdout()).not.toContain(readFileSync(join(folder, 'data', 'default.key'), 'utf8').trim());
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
});

test('later starts keep the key; where its file is gone they say so and make no other', async () => {
  const key = () => readFileSync(join(folder, 'data', 'default.key'), 'utf8');
  const first = start();
  await first.ready;
  const kept = key();
  first.kill('SIGINT');
  expect(await first.exited).toBe(0);

  const second = start();
  await second.ready;
  expect(key()).toBe(kept);
  expect(await second.ask(null, VIEWER)).toEqual(asOperator);
  second.kill('SIGTERM');
  await second.exited;

  rmSync(join(folder, 'data', 'default.key'));
  const third = start();
  await third.ready;
  expect(third.stdout()).toContain('it was moved or removed');
  expect(key).toThrow('ENOENT');
});

test('a first start that was interrupted between the key and its file is made good', async () => {
  const first = start();
  await first.ready;
  first.kill('SIGKILL');
  await first.exited;
  rmSync(join(folder, 'data', 'default.key'));
  writeFileSync(join(folder, 'data', 'default.key.new'), '');

  const second = start();
  await second.ready;
  expect(await second.ask(null, VIEWER)).toEqual(asOperator);
});

describe('one clear sentence on stderr', () => {
  test.each([
    [{ PORT: 'http' }, 'PORT is not a whole number; a good value: 4000.\n'],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is not a level; a good value: .*\n$/],
    [{ EVENTSTORE_URL: 'esdb://127.0.0.1' }, /^ELASTICSEARCH_URL is missing, .*\n$/],
    [{ EVENTSTORE_URL: 'http://127.0.0.1', ELASTICSEARCH_URL: 'http://127.0.0.1' }, /^EVENTSTORE_URL is not an .*\n$/],
  ])('and exit 2 for %j', async (environment, sentence) => {
    const server = start(environment as Record<string, string>);
    expect(await server.exited).toBe(2);
    expect(server.stderr()).toMatch(sentence);
  });

  test('and exit 2 for a folder that cannot be one', async () => {
    writeFileSync(join(folder, 'file'), '');
    const server = start({}, join(folder, 'file'));
    expect(await server.exited).toBe(2);
    expect(server.stderr()).toMatch(/^ANNALS_DATA: .*\n$/);
  });

  test('and exit 2 for a port that is taken', async () => {
    const first = start();
    const port = new URL(await first.ready).port;
    const second = start({ PORT: port }, join(folder, 'other'));
    expect(await second.exited).toBe(2);
    expect(second.stderr()).toMatch(new RegExp(`^PORT: 127\\.0\\.0\\.1:${port} is in use.*\\n$`));
  });

  test('and exit 3 for a second process on a data folder; the first one goes on', async () => {
    const first = start();
    await first.ready;
    const second = start();
    expect(await second.exited).toBe(3);
    expect(second.stderr()).toMatch(/^[^\n]*in use[^\n]*\n$/);
    expect(await first.ask(null, VIEWER)).toEqual(asOperator);
  });
});
