// A server that is ended or killed in the middle, and files that are damaged: nothing acknowledged is ever lost.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServerProcess, startProcess } from '../support/server-process.ts';

let folder = '';
let started: ServerProcess[] = [];
/** The endpoint of the embedder is away: these tests are about files, and the model would only cost time. */
const noEmbedder = { EMBEDDING_URL: 'http://127.0.0.1:9', EMBEDDING_MODEL: 'away', EMBEDDING_DIMENSIONS: '8' };

const start = () => {
  const server = startProcess(folder, noEmbedder);
  started.push(server);
  return server;
};
const end = async (server: ServerProcess, signal: NodeJS.Signals = 'SIGTERM') => {
  server.kill(signal);
  return server.exited;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'annals-bad-days-'));
});
afterEach(async () => {
  await Promise.all(started.map((server) => end(server, 'SIGKILL')));
  started = [];
  rmSync(folder, { recursive: true });
});

const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } position } }';
const RECORD_MANY = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }';
const TOTAL = '{ memories(first: 1) { totalCount } }';

const fill = async (server: ServerProcess, batches: number) => {
  for (let batch = 0; batch < batches; batch++) {
    const input = Array.from({ length: 100 }, (_, index) => ({ content: `note ${batch} ${index} about the harbour` }));
    const { errors } = await server.ask('writer', RECORD_MANY, { input });
    expect(errors).toBeUndefined();
  }
};
const totalOf = async (server: ServerProcess) => (await server.ask('writer', TOTAL)).data.memories.totalCount;

test('SIGTERM while eight agents write: it ends with 0, and every acknowledged memory is there afterwards', async () => {
  const server = start();
  await server.ready;
  const acknowledged: string[] = [];
  const write = async (writer: number) => {
    for (let number = 0; ; number++) {
      const input = { content: `note ${number} of writer ${writer}`, scope: 'GLOBAL' };
      const answer = await server.ask(`writer-${writer}`, RECORD, { input });
      if (answer.errors !== undefined) return;
      acknowledged.push(answer.data.recordMemory.memory.id);
    }
  };
  // A connection that is refused or closed after the signal ends its writer.
  const writers = Array.from({ length: 8 }, (_, index) => write(index).catch(() => undefined));
  await expect.poll(() => acknowledged.length).toBeGreaterThan(100);
  expect(await end(server)).toBe(0);
  await Promise.all(writers);

  const again = start();
  await again.ready;
  const found = await Promise.all(
    acknowledged.map((id) => again.ask('reader', 'query ($id: ID!) { memory(id: $id) { id } }', { id })),
  );
  expect(found.map(({ data }) => data.memory?.id)).toEqual(acknowledged);
});

test('a second signal does not wait', async () => {
  const server = start();
  await server.ready;
  server.kill('SIGTERM');
  server.kill('SIGTERM');
  expect([0, 1]).toContain(await server.exited);
});

test('kill -9 in the middle of a rebuild: the next start rebuilds to the end', async () => {
  const first = start();
  await first.ready;
  await fill(first, 30);
  await end(first);

  rmSync(join(folder, 'views.db'));
  const second = start();
  second.ready.catch(() => undefined);
  // Killed as soon as some of it is on the disk, wherever it is just then.
  await expect.poll(() => sizeOf('views.db') + sizeOf('views.db-wal'), { interval: 5 }).toBeGreaterThan(100_000);
  await end(second, 'SIGKILL');

  const third = start();
  await third.ready;
  expect(await totalOf(third)).toBe(3_000);
  const { data } = await third.ask('writer', '{ search(input: { query: "harbour", first: 100 }) { hits { score } } }');
  expect(data.search.hits).toHaveLength(100);
});

test('a view file that is torn is made anew from the log at the start', async () => {
  const first = start();
  await first.ready;
  await fill(first, 5);
  await end(first);

  const file = join(folder, 'views.db');
  writeFileSync(file, readFileSync(file).subarray(0, Math.floor(statSync(file).size / 2) + 100));
  const second = start();
  await second.ready;
  expect(second.stdout()).toContain('made anew');
  expect(await totalOf(second)).toBe(500);
});

test('a damaged page of the log is refused with one clear sentence, and never served', async () => {
  const first = start();
  await first.ready;
  await fill(first, 5);
  await end(first);

  overwrite(join(folder, 'events.db'), 20 * 4096, Buffer.alloc(4096, 0xa5));
  const second = start();
  expect(await second.exited).toBe(4);
  expect(second.stderr()).toMatch(/^the event log is damaged [^\n]*restore it from a backup\n$/);
});

test('a file that is no log is refused as well', async () => {
  writeFileSync(join(folder, 'events.db'), 'something else entirely, '.repeat(1000));
  const server = start();
  expect(await server.exited).toBe(4);
  expect(server.stderr()).toMatch(/^the event log [^\n]*\n$/);
});

const sizeOf = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;

function overwrite(file: string, offset: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}
