// What the tests' stand-in for EventStoreDB does, through the real client. With EVENTSTORE_URL set the same is asked of
// that server: where it answers otherwise, the stand-in is wrong.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import { failureOf, NO_STREAM, named, speakTo } from '../support/eventstore/words.ts';

let standIn: EventStore | undefined;
let server: ReturnType<typeof speakTo>;
/** No other test or run has streams of this name. */
const fresh = () => `t${randomUUID().replaceAll('-', '')}`;

beforeAll(async () => {
  standIn = process.env.EVENTSTORE_URL === undefined ? await startEventStore() : undefined;
  server = speakTo(process.env.EVENTSTORE_URL ?? standIn?.url ?? '');
});
afterAll(async () => {
  await server.dispose();
  await standIn?.stop();
});

test('what was appended is read from its stream and from the log of all, in one order', async () => {
  const [name, other] = [fresh(), fresh()];
  const id = randomUUID();
  const first = await server.append(name, NO_STREAM, named('one', { text: 'Ünï' }, id), named('two'));
  await server.append(other, NO_STREAM, named('elsewhere'));
  const second = await server.append(name, 1n, named('three'));

  const events = await server.readStream(name);
  expect(events.map(({ type, revision }) => [type, revision])).toEqual([
    ['one', 0],
    ['two', 1],
    ['three', 2],
  ]);
  expect(events[0]).toMatchObject({ id, data: { text: 'Ünï' }, stream: name });
  const all = await server.readAll('t');
  const ours = all.filter(({ stream }) => stream === name || stream === other);
  expect(ours.map(({ type }) => type)).toEqual(['one', 'two', 'elsewhere', 'three']);
  expect(ours.map(({ commit }) => commit)).toEqual(
    ours.map(({ commit }) => commit).toSorted((a, b) => (a < b ? -1 : 1)),
  );
  expect(new Set(ours.map(({ commit }) => commit)).size).toBe(4);
  expect(first.nextExpectedRevision).toBe(1n);
  expect(second).toMatchObject({ nextExpectedRevision: 2n, position: { commit: events[2]?.commit } });
});

test('an append with another revision than the stream has is refused, and says which it has', async () => {
  const name = fresh();
  expect(await failureOf(server.append(name, 'stream_exists', named('a')))).toBe('wrong-expected-version');
  await server.append(name, 'any', named('a'));
  for (const expected of [NO_STREAM, 1n, 7n] as const)
    await expect(server.append(name, expected, named('b'))).rejects.toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 0n,
    });
  await server.append(name, 'stream_exists', named('b'));
  await server.append(name, 1n, named('c'));
  expect((await server.readStream(name)).map(({ type }) => type)).toEqual(['a', 'b', 'c']);
});

test('an append that is repeated is written once; one that has only some of its events there is refused', async () => {
  const name = fresh();
  const [a, b, c] = [named('a'), named('b'), named('c')];
  await server.append(name, NO_STREAM, a, b);
  expect((await server.append(name, NO_STREAM, a, b)).nextExpectedRevision).toBe(1n);
  expect((await server.append(name, NO_STREAM, a)).nextExpectedRevision).toBe(0n);
  expect((await server.append(name, 0n, b)).nextExpectedRevision).toBe(1n);
  expect((await server.append(name, 'any', a, b)).nextExpectedRevision).toBe(1n);
  expect(await failureOf(server.append(name, NO_STREAM, a, b, c))).toBe('wrong-expected-version');
  expect(await failureOf(server.append(name, 0n, b, c))).toBe('wrong-expected-version');
  expect(await failureOf(server.append(name, 'any', b, c))).toBe('wrong-expected-version');
  expect(await server.readStream(name)).toHaveLength(2);
});

test('a deleted stream is not there, its events stay in the log of all, and it begins again at the next revision', async () => {
  const name = fresh();
  const [a, b] = [named('a'), named('b')];
  await server.append(name, NO_STREAM, a, b);
  await server.client.deleteStream(name, { expectedRevision: 1n });
  expect(await failureOf(server.readStream(name))).toBe('stream-not-found');
  expect(await failureOf(server.append(name, 'stream_exists', named('c')))).toBe('stream-deleted');

  const again = await server.append(name, NO_STREAM, named('c'));
  expect(again.nextExpectedRevision).toBe(2n);
  expect((await server.readStream(name)).map(({ type, revision }) => [type, revision])).toEqual([['c', 2]]);
  const all = await server.readAll(name);
  expect(all.map(({ type }) => type)).toEqual(['a', 'b', 'c']);
  expect((await server.readAll(`$$${name}`)).map(({ type }) => type)).toEqual(['$metadata', '$metadata']);

  await server.client.deleteStream(name, { expectedRevision: 2n });
  expect((await server.append(name, 2n, named('d'))).nextExpectedRevision).toBe(3n);
  expect((await server.readStream(name)).map(({ type }) => type)).toEqual(['d']);
});

test('the very event that a deleted stream began with counts as there, though nobody can read it', async () => {
  const name = fresh();
  const first = named('a');
  await server.append(name, NO_STREAM, first);
  await server.client.deleteStream(name);
  expect((await server.append(name, NO_STREAM, first)).nextExpectedRevision).toBe(0n);
  expect(await failureOf(server.readStream(name))).toBe('stream-not-found');
});

test('a deletion with another revision than the stream has is refused', async () => {
  const name = fresh();
  await server.append(name, NO_STREAM, named('a'));
  expect(await failureOf(server.client.deleteStream(name, { expectedRevision: 4n }))).toBe('wrong-expected-version');
  expect(await server.readStream(name)).toHaveLength(1);
});

test('a tombstoned stream is deleted for ever, and its events stay in the log of all', async () => {
  const name = fresh();
  await server.append(name, NO_STREAM, named('a'));
  await server.client.tombstoneStream(name);
  expect(await failureOf(server.readStream(name))).toBe('stream-deleted');
  expect(await failureOf(server.append(name, NO_STREAM, named('b')))).toBe('stream-deleted');
  expect(await failureOf(server.append(name, 'any', named('b')))).toBe('stream-deleted');
  expect((await server.readAll(name)).map(({ type }) => type)).toEqual(['a', '$streamDeleted']);
});

test('an append of more than 1 MiB is refused whole', async () => {
  const name = fresh();
  const half = () => named('half', { text: 'x'.repeat(2 ** 19) });
  expect(await failureOf(server.append(name, NO_STREAM, half(), half()))).toBe('maximum-append-size-exceeded');
  await server.append(name, NO_STREAM, half());
  expect(await server.readStream(name)).toHaveLength(1);
});

test('a read of the log from an event has it going forwards and not going backwards', async () => {
  const name = fresh();
  await server.append(name, NO_STREAM, named('a'), named('b'), named('c'));
  const [, middle] = await server.readAll(name);
  const from = middle?.commit ?? 0n;
  expect((await server.readAll(name, { from })).map(({ type }) => type)).toEqual(['b', 'c']);
  expect((await server.readAll(name, { from, backwards: true })).map(({ type }) => type)).toEqual(['a']);
  expect((await server.readAll(name, { backwards: true })).map(({ type }) => type)).toEqual(['c', 'b', 'a']);
});

test('a stream is read from a revision on, and none of it where it has not come yet', async () => {
  const name = fresh();
  await server.append(name, NO_STREAM, named('a'), named('b'), named('c'));
  expect((await server.readStream(name, 1n)).map(({ type }) => type)).toEqual(['b', 'c']);
  expect(await server.readStream(name, 3n)).toEqual([]);
  expect(await failureOf(server.readStream(fresh()))).toBe('stream-not-found');
});

test('a subscription has what comes after its position, says when it has caught up, and goes on', async () => {
  const name = fresh();
  await server.append(name, NO_STREAM, named('a'), named('b'));
  const [first] = await server.readStream(name);
  await server.append(fresh(), NO_STREAM, named('of another stream'));
  const { types, signs, subscription } = server.follow(name, { after: first?.commit ?? 0n });
  await expect.poll(() => signs).toEqual(['caughtUp']);
  await server.append(name, 1n, named('c'), named('d'));
  await expect.poll(() => types).toEqual(['b', 'c', 'd']);
  await subscription.unsubscribe();
});

test('a filtered subscription says how far it looked where nothing matched', async () => {
  const name = fresh();
  const { checkpoints, types, subscription } = server.follow(name, { checkpointInterval: 1 });
  let last = 0n;
  for (let index = 0; index < 40; index += 1)
    last = (await server.append(fresh(), NO_STREAM, named('other'))).position?.commit ?? 0n;
  await server.append(name, NO_STREAM, named('ours'));
  await expect.poll(() => types).toEqual(['ours']);
  expect(checkpoints.length).toBeGreaterThan(0);
  expect(checkpoints.some((commit) => commit <= last)).toBe(true);
  await subscription.unsubscribe();
});
