// Forgotten and expired texts leave no trace in the views' files.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Memory } from '../../src/domain/memory.ts';
import type { EmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { aMemory, at, aVote, minute, NOW, operator, putMemory, putVotes } from '../support/fixtures.ts';
import { aSession, putRecord } from '../support/records.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { openIn, signature } from './open.ts';

let folder: TemporaryFolder;
let views: EmbeddedViews;
let position = 0;

beforeEach(async () => {
  folder = await temporaryFolder();
  views = await openIn(folder.path);
});
afterEach(async () => {
  await views.close();
  await folder.remove();
});

/** Every kind of text a memory can have. */
const secretive = (id: string, given: Partial<Memory> = {}): Memory =>
  aMemory(id, {
    content: `${'xyzzysecret '.repeat(60)}${id}`,
    author: 'xyzzyauthor',
    metadata: { xyzzykey: 'xyzzyvalue' },
    user: 'xyzzyuser',
    session: 'xyzzysession',
    sources: [{ memory: null, message: 'xyzzymessage', session: null, quote: 'xyzzyquote' }],
    scope: 'AGENT_SHARED',
    sharedWith: { agents: ['xyzzyfriend'], teams: [] },
    ...given,
  });

const secretVotes = { revision: 1, votes: [aVote({ task: 'xyzzytask', context: 'xyzzycontext' })] };

async function put(memory: Memory): Promise<void> {
  position++;
  await views.apply([putMemory(at(position), memory)], at(position));
}

async function putWithVotes(memory: Memory): Promise<void> {
  await put(memory);
  await views.apply([putVotes(at(++position), memory.id, secretVotes)], at(position));
}

const marked = () => new Float32Array(signature.dimensions).fill(Math.sqrt(1 / signature.dimensions));

async function embed(): Promise<void> {
  const wanted = await views.wantedVectors(1_000);
  await views.putVectors(wanted.map(({ hash }) => ({ hash, vector: marked() })));
}

function traces(): string[] {
  const vector = Buffer.from(marked().buffer);
  return ['views.db', 'views.db-wal', 'vectors.db', 'vectors.db-wal'].filter((name) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(folder.file(name));
    } catch {
      return false;
    }
    return bytes.includes('xyzzy') || bytes.includes(vector);
  });
}

test('of a forgotten memory nothing is left but that it was', async () => {
  await putWithVotes(secretive('m1'));
  await embed();
  expect(traces().length).toBeGreaterThan(0);
  await put(secretive('m1', { revision: 2, forgotten: true }));
  await vi.waitFor(() => expect(traces()).toEqual([]), 10_000);
  expect(await views.statistics()).toMatchObject({ vectorsKept: 0, vectorsWanted: 0, passages: 0 });
});

test('among hundreds of memories, grown, shrunk and forgotten in any order, nothing of the forgotten is left', async () => {
  for (let n = 0; n < 300; n++) {
    await putWithVotes(secretive(`m${n}`));
    await put(aMemory(`other${n}`, { content: 'plain '.repeat(n), createdAt: minute(n) }));
  }
  await embed();
  for (let n = 0; n < 300; n += 2)
    await put(secretive(`m${n}`, { revision: 1, content: `xyzzy longer ${'xyzzygrown '.repeat(n * 3)}` }));
  await embed();
  for (let n = 0; n < 300; n++) {
    const id = (n * 7) % 300;
    await put(secretive(`m${id}`, { revision: 2, forgotten: true }));
    await put(aMemory(`other${id}`, { revision: 1, content: 'plainer '.repeat(300 - id) }));
  }
  await views.close();
  views = await openIn(folder.path);
  await vi.waitFor(() => expect(traces().filter((name) => name.startsWith('views'))).toEqual([]), 10_000);
  expect((await views.list({ reader: operator, now: NOW, first: 1 })).total).toBe(300);
});

test('what expired is swept a minute later, and only then', async () => {
  await putWithVotes(secretive('m1', { expiresAt: '2026-03-01T00:00:00.000Z' }));
  await put(aMemory('m2'));
  await embed();
  expect(await views.sweep('2026-03-01T00:00:59.000Z')).toBe(0);
  expect(await views.sweep('2026-03-01T00:01:00.000Z')).toBe(1);
  expect(await views.sweep('2026-03-01T00:01:00.000Z')).toBe(0);
  await vi.waitFor(() => expect(traces()).toEqual(['vectors.db']), 10_000);
  expect((await views.statistics()).vectorsKept).toBe(1);
});

test('a vector goes only with the last memory that has its text', async () => {
  await put(secretive('m1', { content: 'the same' }));
  await put(secretive('m2', { content: 'the same' }));
  await embed();
  expect((await views.statistics()).vectorsKept).toBe(1);
  await put(secretive('m1', { revision: 1, forgotten: true }));
  expect((await views.statistics()).vectorsKept).toBe(1);
  await put(secretive('m2', { revision: 1, forgotten: true }));
  expect((await views.statistics()).vectorsKept).toBe(0);
});

test('a vector that comes after its text went is not kept', async () => {
  await put(secretive('m1'));
  const wanted = await views.wantedVectors(10);
  await put(secretive('m1', { revision: 1, forgotten: true }));
  await views.putVectors(wanted.map(({ hash }) => ({ hash, vector: marked() })));
  expect((await views.statistics()).vectorsKept).toBe(0);
});

test('what a search finds expired wants no vector any more, and its own goes with its row', async () => {
  const expiresAt = '2026-03-01T00:00:00.000Z';
  await put(secretive('m1', { expiresAt }));
  await embed();
  await put(secretive('m2', { expiresAt }));
  expect(await views.wantedVectors(10)).not.toEqual([]);
  await views.search({ reader: operator, now: expiresAt, mode: 'KEYWORD', text: 'secret', vector: null, limit: 1 });
  expect(await views.wantedVectors(10)).toEqual([]);
  expect(await views.sweep('2026-03-01T00:01:00.000Z')).toBe(2);
  expect(await views.statistics()).toMatchObject({ vectorsKept: 0, vectorsWanted: 0 });
});

test('of a record nothing is left of what it said before', async () => {
  const putSession = async (summary: string) => {
    position++;
    await views.apply(
      [putRecord('session', at(position), aSession('s1', { revision: position, summary }))],
      at(position),
    );
  };
  await putSession(`xyzzy ${'xyzzysummary '.repeat(2_000)}`);
  expect(traces()).toEqual(['views.db-wal']);
  await putSession('done');
  await vi.waitFor(() => expect(traces()).toEqual([]), 10_000);
});
