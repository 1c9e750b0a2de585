// EventStoreDB away, slow, or restarted in the middle of an append, under a whole server: no duplicate, no loss, and the
// caller's retry gets the first answer.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';

let store: EventStore;
let server: TestApp;

const open = (patience = 4_000) => openEventStoreLog({ url: store.url, callTimeout: 300, patience });

beforeEach(async () => {
  store = await startEventStore();
});
afterEach(async () => {
  store.faults.clear();
  await server?.close();
  await store.stop();
});

const RECORD =
  'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id version content } position duplicate } }';
const RECORD_MANY =
  'mutation ($input: [RecordMemoryInput!]!, $command: ID) { recordMemories(commandId: $command, input: $input) { memories { id content } position } }';
const REVISE =
  'mutation ($input: ReviseMemoryInput!) { reviseMemory(input: $input) { memory { id version content } position } }';
const CONTENTS = '{ memories(first: 100) { totalCount nodes { content } } }';

const contents = async (): Promise<string[]> => {
  await server.settled();
  const { data } = await server.ask('ann', CONTENTS);
  return data.memories.nodes.map(({ content }: { content: string }) => content).sort();
};
const codeOf = async (query: string, variables: object) => {
  const { errors } = await server.ask('ann', query, variables);
  return errors?.[0]?.extensions.code ?? 'OK';
};
const ready = async () => (await server.request(null, '/ready')).status;

describe('away', () => {
  test('at the start: opening the log waits for it a while, and else fails with a sentence for the operator', async () => {
    await store.kill();
    await expect(open(300)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('EventStoreDB'),
    });
    const opening = open(10_000);
    await store.restart();
    server = await startTestApp({ log: await opening });
    expect(await codeOf(RECORD, { input: { content: 'note' } })).toBe('OK');
  });

  test('later: writes say so, what the views have is read, and when it is back all goes on', async () => {
    server = await startTestApp({ log: await open(500) });
    const { data } = await server.ask('ann', RECORD, { input: { content: 'before' } });
    const { id } = data.recordMemory.memory;
    const byId = () => server.ask('ann', 'query ($id: ID!) { memory(id: $id) { content } }', { id });
    await server.settled();
    await byId();
    await store.kill();

    expect(await codeOf(RECORD, { input: { content: 'never', commandId: 'c-1' } })).toBe('UNAVAILABLE');
    expect((await byId()).data).toEqual({ memory: { content: 'before' } });
    expect(await ready()).toBe(503);

    await store.restart();
    await expect.poll(ready).toBe(200);
    expect(await codeOf(RECORD, { input: { content: 'after' } })).toBe('OK');
    expect(await contents()).toEqual(['after', 'before']);
  });
});

test('slow: everything takes longer and works', async () => {
  server = await startTestApp({ log: await open() });
  store.faults.add({ on: ['append', 'read', 'subscribe', 'delete'], fault: { kind: 'late', milliseconds: 80 } });
  await Promise.all(
    ['one', 'two', 'three'].map((content) => server.ask('ann', RECORD, { input: { content, dedupe: true } })),
  );
  await server.ask('ann', RECORD_MANY, { input: [{ content: 'four' }, { content: 'five' }] });
  expect(await contents()).toEqual(['five', 'four', 'one', 'three', 'two']);
});

// The streams that the append goes to: the memory's own, or in the second step of a batch the batch's.
describe.each([
  ['the append of one stream', /^memory-/, RECORD, 'recordMemory'],
  ['the first step of a batch', /^memory-/, RECORD_MANY, 'recordMemories'],
  ['the outcome of a batch', /^batch-/, RECORD_MANY, 'recordMemories'],
] as const)('restarted in the middle of %s', (_, streams, query, field) => {
  const variables =
    field === 'recordMemory'
      ? { input: { content: 'one', commandId: 'c-1' } }
      : { input: [{ content: 'one' }, { content: 'two' }, { content: 'three' }], command: 'c-1' };
  const expected = field === 'recordMemory' ? ['one'] : ['one', 'three', 'two'];

  test.each([
    ['before it was kept', { kind: 'stall' }],
    ['when it was kept and nobody had heard of it', { kind: 'lose', by: 'silence' }],
  ] as const)('%s: the caller gets one answer, and gets it again', async (_, fault) => {
    server = await startTestApp({ log: await open() });
    const rule = store.faults.add({ on: ['append'], streams, fault, times: 1 });
    const asked = server.ask('ann', query, variables);
    await rule.happened;
    await store.restart();
    const first = await asked;
    expect(first.errors).toBeUndefined();
    const again = await server.ask('ann', query, variables);
    expect(again.data[field]).toEqual({ ...first.data[field] });
    expect(await contents()).toEqual(expected);
  });

  test('and not back while the caller waits: UNAVAILABLE, and its retry is the first and only one that counts', async () => {
    server = await startTestApp({ log: await open(600) });
    const rule = store.faults.add({ on: ['append'], streams, fault: { kind: 'lose', by: 'break' }, times: 1 });
    const asked = codeOf(query, variables);
    await rule.happened;
    await store.kill();
    expect(await asked).toBe('UNAVAILABLE');
    await store.restart();
    await expect.poll(() => codeOf(query, variables)).toBe('OK');
    expect(await contents()).toEqual(expected);
  });
});

test('a revision whose acknowledgement was lost is made once, and its retry has the version of then', async () => {
  server = await startTestApp({ log: await open(600) });
  const recorded = await server.ask('ann', RECORD, { input: { content: 'first' } });
  const { id } = recorded.data.recordMemory.memory;
  const second = { input: { id, content: 'second', commandId: 'c-2' } };
  const rule = store.faults.add({
    on: ['append'],
    streams: /^memory-/,
    fault: { kind: 'lose', by: 'break' },
    times: 1,
  });
  const lost = codeOf(REVISE, second);
  await rule.happened;
  await store.kill();
  expect(await lost).toBe('UNAVAILABLE');
  await store.restart();
  await expect.poll(() => codeOf(REVISE, { input: { id, content: 'third' } })).toBe('OK');
  const again = await server.ask('ann', REVISE, second);
  expect(again.data.reviseMemory.memory).toEqual({ id, version: 1, content: 'second' });
  expect(await contents()).toEqual(['third']);
});
