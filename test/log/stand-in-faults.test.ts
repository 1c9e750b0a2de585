// What the stand-in for EventStoreDB does wrong on demand, as the real client meets it.
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import { createFaults } from '../support/eventstore/faults.ts';
import { failureOf, NO_STREAM, named, speakTo } from '../support/eventstore/words.ts';

let store: EventStore;
let server: ReturnType<typeof speakTo>;

beforeEach(async () => {
  store = await startEventStore();
  server = speakTo(store.url);
});
afterEach(async () => {
  await server.dispose();
  await store.stop();
});

const types = async (stream: string) => (await server.readStream(stream)).map(({ type }) => type);

/** Whether a call has ended, once a later one has made its way there and back. */
async function answered(call: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.then(end, end);
  await server.append('another-stream', 'any', named('later'));
  await turn();
  return ended;
}

test('refuse: the call fails as from a server that is not ready, and nothing is done', async () => {
  const rule = store.faults.add({ on: ['append', 'read', 'delete'], fault: { kind: 'refuse' }, times: 3 });
  expect(await failureOf(server.append('a', NO_STREAM, named('one')))).toBe('unavailable');
  expect(await failureOf(server.readStream('a'))).toBe('unavailable');
  expect(await failureOf(server.client.deleteStream('a'))).toBe('unavailable');
  expect(rule.met()).toBe(3);
  expect(await failureOf(server.readStream('a'))).toBe('stream-not-found');
  await server.append('a', NO_STREAM, named('one'));
  expect(await types('a')).toEqual(['one']);
});

test('stall: the call is taken and never answered, and nothing is done', async () => {
  const rule = store.faults.add({ on: ['append'], fault: { kind: 'stall' }, times: 1 });
  const stalled = server.append('a', NO_STREAM, named('one'));
  await rule.happened;
  expect(await answered(stalled)).toBe(false);
  expect(await failureOf(server.readStream('a'))).toBe('stream-not-found');
});

test('late: it is done at once and answered later', async () => {
  const rule = store.faults.add({ on: ['append'], fault: { kind: 'late', milliseconds: 200 }, times: 1 });
  const order: string[] = [];
  const one = server.append('a', NO_STREAM, named('one')).then(() => order.push('one'));
  await rule.happened;
  await server.append('a', 0n, named('two')).then(() => order.push('two'));
  await one;
  expect(order).toEqual(['two', 'one']);
  expect(await types('a')).toEqual(['one', 'two']);
});

test('lose, by silence: the append is kept and nobody hears of it; repeated, it is answered', async () => {
  const rule = store.faults.add({ on: ['append'], fault: { kind: 'lose', by: 'silence' }, times: 1 });
  const event = named('one');
  const lost = server.append('a', NO_STREAM, event);
  await rule.happened;
  expect(await answered(lost)).toBe(false);
  expect((await server.append('a', NO_STREAM, event)).nextExpectedRevision).toBe(0n);
  expect(await types('a')).toEqual(['one']);
});

test('lose, by a break: the append is kept, and all appends that were waiting fail', async () => {
  store.faults.add({ on: ['append'], streams: /^waits$/, fault: { kind: 'stall' } });
  store.faults.add({ on: ['append'], streams: /^a$/, fault: { kind: 'lose', by: 'break' }, times: 1 });
  const event = named('one');
  const both = [server.append('waits', NO_STREAM, named('two')), server.append('a', NO_STREAM, event)].map(failureOf);
  expect(await Promise.all(both)).toEqual(['unavailable', 'unavailable']);
  expect((await server.append('a', NO_STREAM, event)).nextExpectedRevision).toBe(0n);
  expect(await types('a')).toEqual(['one']);
});

test('drop: a read and a subscription break after so many events', async () => {
  await server.append('a', NO_STREAM, named('one'), named('two'), named('three'));
  store.faults.add({ on: ['read', 'subscribe'], fault: { kind: 'drop', after: 2 } });
  expect(await failureOf(server.readStream('a'))).toBe('unavailable');
  const { types: followed, signs } = server.follow('a');
  await expect.poll(() => signs).toEqual(['unavailable']);
  expect(followed).toEqual(['one', 'two']);
});

test('twice: a subscription has each event two times', async () => {
  store.faults.add({ on: ['subscribe'], fault: { kind: 'twice' } });
  await server.append('a', NO_STREAM, named('one'), named('two'));
  const { types: followed } = server.follow('a');
  await expect.poll(() => followed).toEqual(['one', 'one', 'two', 'two']);
});

test('restart: calls and subscriptions end, and the same port serves the same data', async () => {
  const { signs, types: followed } = server.follow('a');
  await server.append('a', NO_STREAM, named('one'));
  await expect.poll(() => followed).toEqual(['one']);
  const stall = store.faults.add({ on: ['append'], fault: { kind: 'stall' } });
  const open = failureOf(server.append('a', 0n, named('never')));
  await stall.happened;
  store.faults.clear();

  await store.restart();
  expect(await open).not.toBe('no failure');
  await expect.poll(() => signs.at(-1)).not.toBe('caughtUp');
  await expect.poll(() => failureOf(server.append('a', 0n, named('two')))).toBe('no failure');
  expect(await types('a')).toEqual(['one', 'two']);
});

test('away: calls fail while the server is down', async () => {
  await server.append('a', NO_STREAM, named('one'));
  await store.kill();
  expect(await failureOf(server.append('a', 0n, named('two')))).not.toBe('no failure');
  await store.restart();
  await expect.poll(() => failureOf(server.readStream('a'))).toBe('no failure');
  expect(await types('a')).toEqual(['one']);
});

test('a subscriber that does not read falls behind, and then has everything once', async () => {
  const { types: followed, signs, subscription } = server.follow('a');
  await expect.poll(() => signs).toEqual(['caughtUp']);
  subscription.pause();
  const text = 'x'.repeat(10_000);
  for (let index = 0; index < 400; index += 1) await server.append('a', 'any', named(`${index}`, { text }));
  subscription.resume();
  await expect.poll(() => followed.length).toBe(400);
  expect(followed).toEqual(Array.from({ length: 400 }, (_, index) => `${index}`));
  await expect.poll(() => signs.slice(0, 3)).toEqual(['caughtUp', 'fellBehind', 'caughtUp']);
});

test('a scavenge removes what was deleted, and revisions go on', async () => {
  await server.append('a', NO_STREAM, named('one'), named('two'));
  await server.append('b', NO_STREAM, named('kept'));
  await server.client.deleteStream('a');
  await server.append('a', NO_STREAM, named('three'));
  await server.append('c', NO_STREAM, named('gone'));
  await server.client.tombstoneStream('c');
  store.scavenge();
  expect((await server.readAll('')).map(({ type }) => type).filter((type) => !type.startsWith('$'))).toEqual([
    'kept',
    'three',
  ]);
  expect((await server.append('a', 2n, named('four'))).nextExpectedRevision).toBe(3n);
  expect(await types('a')).toEqual(['three', 'four']);
});

test('an append that was there already may be answered without its position', async () => {
  const silent = await startEventStore({ saysPositionOfRepeated: false });
  const other = speakTo(silent.url);
  const event = named('one');
  await other.append('a', NO_STREAM, event);
  const again = await other.append('a', NO_STREAM, event);
  expect(again).toMatchObject({ nextExpectedRevision: 0n, position: undefined });
  await other.dispose();
  await silent.stop();
});

test('ids are forgotten where no revision is expected, and never where one is', async () => {
  const forgetful = await startEventStore({ rememberedIds: 10 });
  const other = speakTo(forgetful.url);
  const event = named('one');
  await other.append('a', NO_STREAM, event);
  for (let index = 0; index < 20; index += 1) await other.append('b', 'any', named('more'));
  expect((await other.append('a', NO_STREAM, event)).nextExpectedRevision).toBe(0n);
  expect((await other.append('a', 'any', event)).nextExpectedRevision).toBe(1n);
  await other.dispose();
  await forgetful.stop();
});

test('the latest rule that fits is what happens, so many times, to its streams and each nth time', () => {
  const faults = createFaults();
  faults.add({ on: ['append'], fault: { kind: 'refuse' }, streams: /^batch-/ });
  const rule = faults.add({ on: ['append', 'read'], fault: { kind: 'stall' }, every: 2, times: 1 });
  expect(faults.meet('delete', 'batch-a')).toBeNull();
  expect(faults.meet('append', 'batch-a')).toEqual({ kind: 'refuse' });
  expect(faults.meet('read', 'memory-a')).toEqual({ kind: 'stall' });
  expect(faults.meet('read', 'memory-a')).toBeNull();
  expect(rule.met()).toBe(1);
});
