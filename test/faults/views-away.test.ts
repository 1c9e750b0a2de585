// The views are away, at the start or later: writing goes on, what the log can answer is answered, all else says so, and
// everything catches up.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { administrator, operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { type Absence, sometimesAway } from '../support/views-away.ts';

let folder: string;
let absence: Absence;
let server: TestApp;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annals-away-'));
  const { model, dimensions } = createHashEmbedder();
  absence = sometimesAway(
    await openEmbeddedViews({
      viewsFile: join(folder, 'views.db'),
      vectorsFile: join(folder, 'vectors.db'),
      signature: { projections: 1, model, dimensions },
      logger: createLogger('silent', process.stdout),
    }),
  );
});
afterEach(async () => {
  absence.comeBack();
  await server.close();
  await rm(folder, { recursive: true });
});

async function ask(who: Who, query: string, variables?: object) {
  const { data, errors } = await server.ask(who, query, variables);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
async function codeOf(who: Who, query: string, variables?: object) {
  const { errors } = await server.ask(who, query, variables);
  return errors?.[0]?.extensions.code ?? 'OK';
}
const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } position } }';
const record = async (who: Who, content: string, more: object = {}) => {
  const { recordMemory } = await ask(who, RECORD, { input: { content, scope: 'GLOBAL', ...more } });
  return { id: recordMemory.memory.id as string, position: recordMemory.position as string };
};
const MEMORY = 'query ($id: ID!, $at: Position) { memory(id: $id, minPosition: $at) { content version } }';
const memory = async (who: Who, id: string, at: string | null = null) => (await ask(who, MEMORY, { id, at })).memory;
const found = async (who: Who, query: string, at: string) => {
  const asking = 'query ($input: SearchInput!) { search(input: $input) { hits { memory { content } } } }';
  const { search } = await ask(who, asking, { input: { query, minPosition: at } });
  return search.hits.map((hit: { memory: { content: string } }) => hit.memory.content);
};
const ready = async () => {
  const response = await server.request(null, '/ready');
  const { reason = null } = await response.json();
  return { status: response.status, reason };
};

const AWAY = { status: 503, reason: 'the views cannot be read: the views do not answer' };
const READY = { status: 200, reason: null };

test('away at the start: the server starts, takes what is written, and is ready when they are back', async () => {
  absence.goAway();
  server = await startTestApp({ folder, views: absence.views });
  expect(await ready()).toEqual(AWAY);
  const { id, position } = await record('ann', 'written while the views are away');
  expect(await memory('bob', id)).toEqual({ content: 'written while the views are away', version: 0 });
  absence.comeBack();
  await expect.poll(ready).toEqual(READY);
  expect(await found('bob', 'views', position)).toEqual(['written while the views are away']);
});

test('away later: everything that was written meanwhile is found afterwards, each once', async () => {
  server = await startTestApp({ folder, views: absence.views });
  await record('ann', 'note before');
  await server.settled();
  absence.goAway();
  expect(await ready()).toEqual(AWAY);
  const { id } = await record('ann', 'note during');
  await ask('ann', 'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "note revised" }) { position } }', {
    id,
  });
  const VOTE = 'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }';
  await ask('bob', VOTE, { id });
  absence.comeBack();
  await expect.poll(ready).toEqual(READY);
  const { position } = await record('ann', 'note after');
  expect((await found('bob', 'note', position)).sort()).toEqual(['note after', 'note before', 'note revised']);
  expect(await memory('bob', id, position)).toEqual({ content: 'note revised', version: 2 });
});

describe('while they are away', () => {
  beforeEach(async () => {
    server = await startTestApp({ folder, views: absence.views });
  });

  test('memories are read by id with the same rights as ever', async () => {
    const secret = await record('ann', 'secret', { scope: 'AGENT_PRIVATE' });
    const shared = await record('ann', 'shared', { scope: 'AGENT_SHARED', sharedWith: { agents: ['bob'] } });
    const gone = await record('ann', 'gone');
    await ask('ann', 'mutation ($id: ID!) { forgetMemory(id: $id) { position } }', { id: gone.id });
    await server.settled();
    const readers: Who[] = ['ann', 'bob', 'cid', operator];
    const all = () =>
      Promise.all(
        readers.map((who) => Promise.all([secret, shared, gone, { id: 'never' }].map(({ id }) => memory(who, id)))),
      );
    const before = await all();
    expect(before.map((seen) => seen.map((one) => one?.content ?? null))).toEqual([
      ['secret', 'shared', null, null],
      [null, 'shared', null, null],
      [null, null, null, null],
      ['secret', 'shared', null, null],
    ]);
    absence.goAway();
    expect(await all()).toEqual(before);
    expect(await codeOf(administrator, MEMORY, { id: shared.id })).toBe('FORBIDDEN');
  });

  test('one reads what one has just written, and what was', async () => {
    const { id, position } = await record('ann', 'first');
    absence.goAway();
    const REVISE = 'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "second" }) { position } }';
    const { reviseMemory } = await ask('ann', REVISE, { id });
    expect(await memory('bob', id, reviseMemory.position)).toEqual({ content: 'second', version: 1 });
    const AS_OF = 'query ($id: ID!, $at: Position!) { memory(id: $id, asOf: { position: $at }) { content } }';
    expect((await ask('bob', AS_OF, { id, at: position })).memory).toEqual({ content: 'first' });
    const HISTORY = 'query ($id: ID!) { memory(id: $id) { history { event } } }';
    expect((await ask('ann', HISTORY, { id })).memory.history).toHaveLength(2);
  });

  test('sessions, runs, features and handoffs are read by id, with the memories in them', async () => {
    const { id } = await record('ann', 'evidence');
    absence.goAway();
    await ask('ann', 'mutation { startSession(input: { id: "s1", title: "Build" }) { position } }');
    expect((await ask('bob', '{ session(id: "s1") { title } }')).session).toEqual({ title: 'Build' });
    const RUN = 'mutation ($id: ID!) { startRun(input: { task: "Try", memories: [$id] }) { run { id } } }';
    const { startRun } = await ask('ann', RUN, { id });
    const { run } = await ask('bob', 'query ($id: ID!) { run(id: $id) { task memories { content } } }', {
      id: startRun.run.id,
    });
    expect(run).toEqual({ task: 'Try', memories: [{ content: 'evidence' }] });
    const OFFER =
      'mutation ($id: ID!) { offerHandoff(input: { to: { agent: "bob" }, task: "Go on", memories: [$id] }) { handoff { id } } }';
    const { offerHandoff } = await ask('ann', OFFER, { id });
    const { handoff } = await ask('bob', 'query ($id: ID!) { handoff(id: $id) { task memories { content } } }', {
      id: offerHandoff.handoff.id,
    });
    expect(handoff).toEqual({ task: 'Go on', memories: [{ content: 'evidence' }] });
  });

  test('what only the views know is UNAVAILABLE, with a position or without', async () => {
    const { position } = await record('ann', 'a note');
    await server.settled();
    absence.goAway();
    await expect.poll(() => server.app.projector.failure() ?? record('ann', 'another note')).toMatch(/do not answer/);
    const at = `minPosition: "${position}"`;
    const questions = [
      '{ memories { totalCount } }',
      `{ memories(${at}) { totalCount } }`,
      '{ search(input: { query: "note" }) { hits { score } } }',
      `{ search(input: { query: "note", ${at} }) { hits { score } } }`,
      '{ playbook(input: { query: "note" }) { entries { score } } }',
      '{ sessions { totalCount } }',
      '{ handoffs { totalCount } }',
    ];
    for (const question of questions)
      expect([question, await codeOf('ann', question)]).toEqual([question, 'UNAVAILABLE']);
    const { position: later } = await record('ann', 'written now');
    expect(await codeOf('ann', `{ memories(minPosition: "${later}") { totalCount } }`)).toBe('UNAVAILABLE');
    expect(await codeOf(administrator, '{ parkedStreams { stream } }')).toBe('UNAVAILABLE');
    expect(await codeOf(administrator, 'mutation { retryParked { position } }')).toBe('UNAVAILABLE');
  });

  test('a memory is not deduplicated, as nobody can tell what there is; without dedupe it is recorded', async () => {
    absence.goAway();
    const input = { content: 'only once', dedupe: true };
    expect(await codeOf('ann', RECORD, { input })).toBe('UNAVAILABLE');
    expect(await codeOf('ann', RECORD, { input: { content: 'only once' } })).toBe('OK');
    absence.comeBack();
    await expect.poll(() => codeOf('ann', RECORD, { input })).toBe('OK');
    await server.settled();
    expect((await ask('ann', '{ memories { totalCount } }')).memories.totalCount).toBe(1);
  });

  test('the figures that do not need them are there still', async () => {
    absence.goAway();
    const figures = await (await server.request(operator, '/metrics')).text();
    expect(figures).toMatch(/^annals_projection_lag_events \d/m);
    expect(figures).toMatch(/^annals_projects 1/m);
    expect(figures).not.toMatch(/^annals_(parked_streams|embeddings_waiting) /m);
  });

  test('views that never answer do not keep who asks for readiness waiting', async () => {
    absence.hang();
    expect(await ready()).toEqual({ status: 503, reason: 'the views cannot be read: no answer within 2 s' });
    const { position } = await record('ann', 'a note');
    absence.comeBack();
    expect(await found('ann', 'note', position)).toEqual(['a note']);
  });
});
