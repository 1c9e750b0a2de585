// What happens to the views' files on bad days.
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EmbeddedViews, EmbeddedViewsOptions } from '../../src/views/embedded/embedded-views.ts';
import { startChild } from '../support/child.ts';
import { aMemory, at, minute, NOW, operator, putMemory, putVotes, someVotes } from '../support/fixtures.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { openIn, signature } from './open.ts';

let folder: TemporaryFolder;
let views: EmbeddedViews;

beforeEach(async () => {
  folder = await temporaryFolder();
  views = await openIn(folder.path);
});
afterEach(async () => {
  await views.close();
  await folder.remove();
});

async function reopen(given: Partial<EmbeddedViewsOptions> = {}): Promise<void> {
  await views.close();
  views = await openIn(folder.path, given);
}

const content = (n: number) => `note ${n} on ${['parsers', 'invoices', 'gardens'][n % 3]} and more`;

/** Memories m1 … mN in sessions of five, and a vote on each tenth. */
async function fill(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const memory = aMemory(`m${n}`, { content: content(n), createdAt: minute(n), session: `s${n % 5}` });
    const vote = n % 10 === 0 ? [putVotes(at(n), `m${n}`, someVotes(2))] : [];
    await views.apply([putMemory(at(n), memory), ...vote], at(n));
  }
}

async function embed(): Promise<number> {
  let made = 0;
  for (;;) {
    const wanted = await views.wantedVectors(100);
    if (wanted.length === 0) return made;
    await views.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: hashVector(text, signature.dimensions) })));
    made += wanted.length;
  }
}

async function answers() {
  const text = 'invoices';
  const vector = hashVector(text, signature.dimensions);
  const { candidates } = await views.search({ reader: operator, now: NOW, mode: 'HYBRID', text, vector, limit: 20 });
  return {
    candidates: candidates.sort((a, b) => (a.memory.id < b.memory.id ? -1 : 1)),
    list: await views.list({ reader: operator, now: NOW, first: 100 }),
  };
}

test('nobody but the owner may read the files', async () => {
  await fill(1);
  await embed();
  const files = readdirSync(folder.path);
  expect(files).toEqual(expect.arrayContaining(['views.db', 'views.db-wal', 'vectors.db', 'vectors.db-wal']));
  for (const file of files) expect(statSync(folder.file(file)).mode & 0o777).toBe(0o600);
});

test('a restart gives the same answers', async () => {
  await fill(60);
  await embed();
  const before = await answers();
  expect(before.candidates.length).toBeGreaterThan(10);
  await reopen();
  expect(views.begunAnew).toBeNull();
  expect(await answers()).toEqual(before);
});

test('opening tells how many memories it has read', async () => {
  await fill(3);
  const seen: [number, number][] = [];
  await reopen({ onProgress: (done, total) => void seen.push([done, total]) });
  expect(seen.at(-1)).toEqual([3, 3]);
});

test.each<[string, (file: string) => void]>([
  ['cut in half', (file) => truncateSync(file, readFileSync(file).length >> 1)],
  ['no database at all', (file) => writeFileSync(file, 'this is a text, and not a short one'.repeat(500))],
  ['overwritten in its pages', (file) => writeFileSync(file, readFileSync(file).fill(0x5a, 5_000))],
])('a views file that is %s is begun anew, and vectors need not be made again', async (_, damage) => {
  await fill(60);
  await embed();
  const before = await answers();
  await views.close();
  damage(folder.file('views.db'));
  views = await openIn(folder.path);
  expect(views.begunAnew).toBe('it is damaged');
  expect(await views.checkpoint()).toBeNull();
  await fill(60);
  expect(await embed()).toBe(0);
  expect(await answers()).toEqual(before);
});

test('a views file of another embedder or projection is begun anew', async () => {
  await fill(3);
  await reopen({ signature: { ...signature, projections: 2 } });
  expect(views.begunAnew).toBe('it was made by another version or embedder');
  expect(await views.checkpoint()).toBeNull();
  await fill(3);
  await reopen({ signature: { ...signature, projections: 2, model: 'another' } });
  expect(await views.checkpoint()).toBeNull();
});

test('vectors in a damaged file are wanted again', async () => {
  await fill(9);
  const made = await embed();
  const before = await answers();
  await views.close();
  writeFileSync(folder.file('vectors.db'), 'no vectors here, nor a database'.repeat(500));
  views = await openIn(folder.path);
  expect(views.begunAnew).toBeNull();
  expect(await embed()).toBe(made);
  expect(await answers()).toEqual(before);
});

test('a rebuild keeps the vectors that texts further on in the log will need', async () => {
  const forgetAndRecordAgain = async () => {
    await views.apply([putMemory(at(1), aMemory('m1'))], at(1));
    await views.apply([putMemory(at(2), aMemory('m1', { forgotten: true }))], at(2));
    await views.apply([putMemory(at(3), aMemory('m2'))], at(3));
  };
  await forgetAndRecordAgain();
  expect(await embed()).toBe(1);
  await views.close();
  writeFileSync(folder.file('views.db'), '');
  views = await openIn(folder.path);
  await forgetAndRecordAgain();
  expect(await embed()).toBe(0);
});

test('emptied for another log, the views go on from nothing', async () => {
  await fill(20);
  await views.reset();
  expect(await views.checkpoint()).toBeNull();
  expect((await answers()).candidates).toEqual([]);
  await views.apply([putMemory('0000000000000001.f0f0f0', aMemory('other'))], '0000000000000001.f0f0f0');
  expect((await answers()).list.total).toBe(1);
});

test('killed with -9 while applying, checkpoint and documents agree, every time', async () => {
  await views.close();
  for (let round = 1; round <= 5; round++) {
    const child = startChild(new URL('./applying.ts', import.meta.url), folder.path);
    expect(await child.line()).toBe('open');
    let applied = -1;
    for (let lines = 0; lines < round * 3; lines++) applied = Number(await child.line());
    await child.kill();
    views = await openIn(folder.path);
    expect(views.begunAnew).toBeNull();
    const checkpoint = Number.parseInt((await views.checkpoint()) ?? '0', 10);
    const { total } = await views.list({ reader: operator, now: NOW, first: 1 });
    expect(checkpoint).toBeGreaterThanOrEqual((applied + 1) * 10);
    expect(total).toBe(checkpoint);
    const found = await views.search({
      reader: operator,
      now: NOW,
      mode: 'KEYWORD',
      text: `batch ${applied}`,
      vector: null,
      limit: 10,
    });
    expect(found.candidates.length).toBe(10);
    await views.close();
  }
  views = await openIn(folder.path);
});

test('after a worker died its request fails, and another worker goes on', async () => {
  await reopen({ worker: new URL('./dying-worker.ts', import.meta.url) });
  await fill(30);
  await embed();
  const before = await answers();
  const search = (text: string) =>
    views.search({ reader: operator, now: NOW, mode: 'KEYWORD', text, vector: null, limit: 1 });
  await expect(search('die now')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await answers()).toEqual(before);
  expect(await views.get(operator, ['m1'], NOW)).toMatchObject([{ memory: { id: 'm1' } }]);
  await views.apply([putMemory(at(31), aMemory('m31'))], at(31));
  expect((await answers()).list.total).toBe(31);
});

test('a worker that dies again and again is given up with a clear failure', async () => {
  await reopen({ worker: new URL('./dying-worker.ts', import.meta.url) });
  const search = () =>
    views.search({ reader: operator, now: NOW, mode: 'KEYWORD', text: 'die now', vector: null, limit: 1 });
  for (let times = 0; times < 6; times++) await expect(search()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(search()).rejects.toThrow(/restart the server/);
});

test('a file that is damaged while it is served is begun anew, and takes nothing until its checkpoint was asked for', async () => {
  await fill(60);
  await reopen();
  await views.checkpoint();
  const size = statSync(folder.file('views.db')).size;
  const file = openSync(folder.file('views.db'), 'r+');
  writeSync(file, Buffer.alloc(size - 4_096, 0x5a), 0, size - 4_096, 4_096);
  closeSync(file);
  await expect(views.get(operator, ['m7'], NOW)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const next = () => views.apply([putMemory(at(61), aMemory('m61'))], at(61));
  await vi.waitFor(() => expect(next()).rejects.toThrow(/begun anew/), 10_000);
  expect(await views.checkpoint()).toBeNull();
  await fill(60);
  await next();
  expect((await answers()).list.total).toBe(61);
});

test('more requests than may wait are refused', async () => {
  const asked = Array.from({ length: 1_200 }, () => views.wantedVectors(1));
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(200);
  expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE', details: { limit: 1_000 } } });
});

test('a closed store says so', async () => {
  await views.close();
  await expect(views.checkpoint()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(views.get(operator, ['m1'], NOW)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  views = await openIn(folder.path);
});
