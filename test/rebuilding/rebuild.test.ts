// Views made anew while they answer, asked for as the administrator asks for it.
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { administrator, operator } from '../support/app.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { ask, carryOut, notes, type Rebuilt, type RebuiltOptions, record, startRebuilt } from './stage.ts';

let folder: TemporaryFolder;
let server: Rebuilt;

beforeEach(async () => {
  folder = await temporaryFolder();
  server = await startRebuilt(folder.path);
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function restart(options: RebuiltOptions = {}): Promise<void> {
  await server.close();
  server = await startRebuilt(folder.path, options);
}

/** What the server begins by itself. */
const over = () => vi.waitFor(async () => expect((await ask(server, 'status')).result).not.toBeNull(), 20_000);

const SEARCH = `query ($query: String!, $mode: SearchMode) {
  search(input: { query: $query, mode: $mode, first: 10 }) { position hits { score memory { id } } } }`;
const search = (query: string, mode = 'HYBRID') => server.ask(operator, SEARCH, { query, mode });
const hits = async (query: string, mode?: string) => (await search(query, mode)).data.search.hits;
const TOTAL = '{ memories(first: 1) { totalCount } }';
const total = async () => (await server.ask(operator, TOTAL)).data.memories.totalCount;

test('nothing was rebuilt: one build answers', async () => {
  expect(await ask(server, 'status')).toMatchObject({
    phase: 'IDLE',
    result: null,
    comparison: null,
    serving: { id: '1' },
    next: null,
    previous: null,
  });
});

test('made anew under the same signature, the views answer as before, and can be switched back', async () => {
  await record(server, notes(0, 100));
  await record(server, notes(100, 50));
  await server.settled();
  const made = server.embedder.texts().length;
  const before = await search('garden of room 3');
  const over = await carryOut(server, 'start');
  expect(over).toMatchObject({
    phase: 'IDLE',
    result: 'SWITCHED',
    reason: null,
    comparison: { questions: 100, same: 100, agreement: 1, byWords: false, matches: true },
    serving: { id: '2' },
    next: null,
    previous: { id: '1' },
  });
  expect(over.comparison.documents).toContainEqual({ kind: 'memory', documents: 150, missing: 0, extra: 0 });
  expect(await search('garden of room 3')).toEqual(before);
  // The questions alone were embedded: the texts' vectors were there.
  expect(server.embedder.texts().length - made).toBeLessThanOrEqual(101);

  await record(server, notes(150, 10));
  await server.settled();
  expect(await total()).toBe(160);
  expect(await carryOut(server, 'back')).toMatchObject({
    result: 'SWITCHED',
    serving: { id: '1' },
    previous: { id: '2' },
  });
  expect(await total()).toBe(160);
});

test('readers and writers in a loop meet no failure, positions never fall, and all that was written is there', async () => {
  await record(server, notes(0, 100));
  await server.settled();
  let over = false;
  let written = 0;
  const failures: unknown[] = [];
  const note = (errors: unknown) => {
    if (errors !== undefined) failures.push(errors);
  };

  async function readOn(query: string): Promise<void> {
    for (let last = ''; !over; ) {
      const { data, errors } = await search(query);
      note(errors);
      if (errors !== undefined) return;
      if (data.search.position < last || data.search.hits.length === 0) failures.push({ last, data });
      last = data.search.position;
    }
  }

  async function writeOn(): Promise<void> {
    while (!over) {
      const { data, errors } = await server.ask(
        'writer',
        'mutation ($content: String!) { recordMemory(input: { content: $content, scope: GLOBAL }) { position memory { id } } }',
        { content: `written ${written++} meanwhile in the garden` },
      );
      note(errors);
      const found = await server.ask(
        operator,
        'query ($at: Position!, $id: ID!) { memory(id: $id, minPosition: $at) { id } }',
        { at: data.recordMemory.position, id: data.recordMemory.memory.id },
      );
      note(found.errors);
      if (found.data?.memory?.id !== data.recordMemory.memory.id) failures.push({ lost: data.recordMemory });
    }
  }

  const busy = [readOn('garden of room 2'), readOn('invoice'), readOn('harbour and care'), writeOn()];
  for (const what of ['start', 'back', 'start'] as const)
    expect(await carryOut(server, what)).toMatchObject({ result: 'SWITCHED', reason: null });
  over = true;
  await Promise.all(busy);
  expect(failures).toEqual([]);
  await server.settled();
  expect(await total()).toBe(100 + written);
  const { data } = await server.ask(operator, '{ verify { matches } }');
  expect(data.verify.matches).toBe(true);
}, 60_000);

test('a document that went missing is made again, but not without being accepted', async () => {
  await record(server, notes(0, 20));
  await server.settled();
  await server.close();
  const db = new DatabaseSync(folder.file('views.db'));
  db.exec('DELETE FROM memory WHERE number IN (3, 4)');
  db.close();
  server = await startRebuilt(folder.path);
  expect(await total()).toBe(18);
  const refused = await carryOut(server, 'start');
  expect(refused).toMatchObject({ result: 'DIFFERENT', serving: { id: '1' }, next: { id: '2' } });
  expect(refused.reason).toMatch(/^not switched: the filled views lack 0 documents .* have 2 others/);
  expect(refused.comparison.documents).toContainEqual({ kind: 'memory', documents: 20, missing: 0, extra: 2 });
  expect(await total()).toBe(18);
  expect(await carryOut(server, 'start', true)).toMatchObject({ result: 'SWITCHED', serving: { id: '2' } });
  expect(await total()).toBe(20);
});

test('under another embedder the server answers by words, until views with its vectors take over by themselves', async () => {
  await record(server, notes(0, 30));
  await server.settled();
  const byWords = await hits('harbour of room 3', 'KEYWORD');
  await server.close();
  server = await startRebuilt(folder.path, { embedder: { model: 'other-words', dimensions: 48 }, away: true });
  await vi.waitFor(async () => expect((await ask(server, 'status')).trouble).toMatch(/^the embedder fails/), 10_000);
  expect(await ask(server, 'status')).toMatchObject({
    phase: 'EMBEDDING',
    serving: { id: '1', model: 'hashed-words' },
    next: { id: '2', model: 'other-words' },
  });
  expect(await hits('harbour of room 3', 'KEYWORD')).toEqual(byWords);
  server.embedder.failWith(null);
  await over();
  expect(await ask(server, 'status')).toMatchObject({
    result: 'SWITCHED',
    comparison: { byWords: true, questions: 30, same: 30, matches: true },
    serving: { id: '2', model: 'other-words' },
    previous: { id: '1', model: 'hashed-words' },
  });
  const { data } = await search('harbour of room 3', 'SEMANTIC');
  expect(data.search.hits.length).toBe(10);

  // The former embedder is not at hand: only a server that has it can go back to its views.
  expect(await ask(server, 'back')).toMatchObject({ extensions: { code: 'CONFLICT' } });
  await record(server, notes(30, 5));
  await server.settled();
  await restart();
  await over();
  expect(await ask(server, 'status')).toMatchObject({
    result: 'SWITCHED',
    serving: { id: '1' },
    previous: { id: '2' },
  });
  expect(await total()).toBe(35);
});

test('views of an earlier projection answer until those of this one take over', async () => {
  await record(server, notes(0, 10));
  await server.settled();
  await restart({ projections: 2 });
  expect(await total()).toBe(10);
  await over();
  expect(await ask(server, 'status')).toMatchObject({ result: 'SWITCHED', serving: { id: '2' } });
  expect(await total()).toBe(10);
});

test('one at a time; broken off it is gone on with, dropped it is gone', async () => {
  await record(server, notes(0, 10));
  await server.settled();
  server.embedder.stall();
  expect(await ask(server, 'start')).toMatchObject({ phase: expect.stringMatching(/FILLING|EMBEDDING|COMPARING/) });
  expect(await ask(server, 'start')).toMatchObject({ extensions: { code: 'CONFLICT' } });
  await vi.waitFor(async () => expect(await ask(server, 'status')).toMatchObject({ phase: 'COMPARING' }));
  await restart();
  expect(await ask(server, 'status')).toMatchObject({ phase: 'IDLE', next: { id: '2' } });
  expect(await carryOut(server, 'start')).toMatchObject({ result: 'SWITCHED', serving: { id: '2' } });
  expect(await ask(server, 'drop')).toMatchObject({ next: null, previous: null });
  expect(await ask(server, 'back')).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
});

test('it is for the administrator', async () => {
  for (const query of [
    '{ rebuild { phase } }',
    'mutation { rebuildViews { phase } }',
    'mutation { dropViews { phase } }',
  ])
    for (const who of [operator, 'writer'] as const)
      expect((await server.ask(who, query)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect((await server.ask(administrator, '{ rebuild { phase } }')).errors).toBeUndefined();
});
