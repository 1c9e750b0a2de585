// Bad days of those who follow the log, and of those who serve them.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import type { EventLog } from '../../src/log/event-log.ts';
import type { TestAppOptions } from '../support/app.ts';
import { operator } from '../support/app.ts';
import { anEvent, aRecording, memoryStream, NOW } from '../support/fixtures.ts';
import { type Served, startServed } from '../support/served.ts';

let server: Served;
const start = async (options: TestAppOptions = {}) => {
  server = await startServed(options);
  return server;
};
afterEach(() => server.close());

const MEMORIES =
  'subscription ($after: Position, $filter: MemoryFilter) { memories(after: $after, filter: $filter) { __typename ... on MemoryChanged { position event id memory { content } } ... on Heartbeat { position } } }';
const POSITIONS = 'subscription ($after: Position) { memories(after: $after) { ... on MemoryChanged { position } } }';

let made = 0;
const recorded = (content: string, namespace = 'default') => ({
  stream: memoryStream(`memory-${++made}`),
  expected: 'none' as const,
  events: [anEvent({ type: 'memory.recorded', data: aRecording({ content, namespace }) }, { recordedAt: NOW })],
});

/** So many events of one memory. */
async function append(log: EventLog, count: number): Promise<void> {
  const { stream, events } = recorded('one of many');
  for (let done = 0; done < count; done += 1_000) {
    const revised = Array.from({ length: Math.min(1_000, count - done) }, (_, index) =>
      anEvent({ type: 'memory.revised', data: { content: `revision ${done + index}` } }, { recordedAt: NOW }),
    );
    const batch = done === 0 ? [...events, ...revised.slice(1)] : revised;
    await log.append([{ stream, expected: done === 0 ? 'none' : done - 1, events: batch }]);
  }
}

function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const record = async (content: string, agent = 'ann') => {
  const { data } = await server.ask(
    agent,
    'mutation ($content: String!) { recordMemory(input: { content: $content, scope: GLOBAL }) { position } }',
    { content },
  );
  return data.recordMemory.position as string;
};

test('a subscriber that stops reading while 100,000 events pass costs nothing, and gets them all when it reads again', async () => {
  const EVENTS = 100_000;
  const { log, follow } = await start({ started: false });
  const stalled = await follow('bob', POSITIONS);
  const other = await follow('cid', MEMORIES, { filter: { namespaces: ['other'] } });
  stalled.pause();
  await append(log, 10_000);
  const before = memoryInUse();
  for (let round = 1; round <= 9; round++) {
    await append(log, 10_000);
    await log.append([recorded(`for the other, ${round}`, 'other')]);
    await other.came(round);
  }
  expect(memoryInUse() - before).toBeLessThan(32_000_000);
  stalled.resume();
  await stalled.came(EVENTS + 9);
  const positions = stalled.notices.map(({ position }) => position);
  expect(positions).toEqual([...new Set(positions)].sort());
}, 120_000);

test('500 subscribers, each with an agent of its own, get what happens', async () => {
  const { follow } = await start({ started: false });
  const subscribers = await Promise.all(Array.from({ length: 500 }, (_, index) => follow(`agent-${index}`, MEMORIES)));
  await record('for all');
  await record('for all again');
  await Promise.all(subscribers.map((subscriber) => subscriber.came(2)));
  for (const { notices } of subscribers)
    expect(notices.map(({ memory }) => memory.content)).toEqual(['for all', 'for all again']);
});

test('a client that drops at every tenth payload and resumes 50 times misses nothing and gets nothing twice', async () => {
  const { log, follow } = await start({ started: false });
  const begin = await log.head();
  const events = 500;
  const writing = (async () => {
    for (let count = 0; count < events; count += 5) {
      await log.append(Array.from({ length: 5 }, () => recorded('passing by')));
      await new Promise(setImmediate);
    }
  })();
  const seen: string[] = [];
  for (let after = begin, round = 0; round < 50; round++) {
    const subscriber = await follow('bob', POSITIONS, { after });
    await subscriber.came(10);
    subscriber.leave();
    seen.push(...subscriber.notices.slice(0, 10).map(({ position }) => position));
    after = seen.at(-1) ?? after;
  }
  await writing;
  const { events: all } = await log.read({ after: begin, categories: ['memory'], limit: 1_000 });
  expect(seen).toEqual(all.map(({ position }) => position));
});

test('when the server stops, streams are dropped and not completed: clients come back', async () => {
  const { app, follow, listening } = await start();
  const subscriber = await follow('bob', MEMORIES);
  app.stopAccepting();
  const closed = listening.close(10_000);
  expect(await subscriber.ended).toEqual({ completed: false, errors: [] });
  await closed;
});

test('a key that is revoked ends its streams with UNAUTHENTICATED, an idle one at once', async () => {
  const { issueKey, follow, ask } = await start();
  const { id, secret } = await issueKey({ role: 'AGENT', agent: 'bob' });
  const [revoked, other] = [await follow(null, MEMORIES, {}, secret), await follow('bob', MEMORIES)];
  await ask(operator, 'mutation ($id: ID!) { revokeKey(id: $id) { id } }', { id });
  expect(await revoked.ended).toEqual({ completed: true, errors: ['UNAUTHENTICATED'] });
  await record('for the other');
  await other.came(1);
  expect(revoked.notices).toEqual([]);
});

test('a key that expires ends its streams', async () => {
  const { issueKey, follow } = await start();
  const { secret } = await issueKey({ role: 'AGENT', agent: 'bob', ttl: 1 });
  const subscriber = await follow(null, MEMORIES, {}, secret);
  expect(await subscriber.ended).toEqual({ completed: true, errors: ['UNAUTHENTICATED'] });
});

test('an event type from the future is passed over', async () => {
  const { log, follow } = await start({ started: false });
  const subscriber = await follow('bob', MEMORIES);
  const future = anEvent({ type: 'memory.dreamed', data: { of: 'sheep' } });
  const first = recorded('before');
  await log.append([{ ...first, events: [...first.events, future] }]);
  await log.append([recorded('after')]);
  await subscriber.came(2);
  expect(subscriber.notices.map(({ memory }) => memory.content)).toEqual(['before', 'after']);
});

test('more streams than there is room for are a 429; one that ends makes room', async () => {
  const { follow } = await start({ settings: { maxStreams: 4 } });
  const open = [await follow('bob', MEMORIES), await follow('bob', MEMORIES)];
  expect((await follow('bob', MEMORIES)).status).toBe(429);
  open.push(await follow('cid', MEMORIES), await follow('dan', MEMORIES));
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await follow('eve', MEMORIES)).status).toBe(429);
  open[0]?.leave();
  await expect.poll(async () => (await follow('eve', MEMORIES)).status).toBe(200);
});

test('whoever leaves is counted no more', async () => {
  const { follow, request } = await start();
  const gauge = async () =>
    /annals_subscriptions\{field="memories"\} (\d+)/.exec(await (await request(null, '/metrics')).text())?.[1];
  const subscriber = await follow('bob', MEMORIES);
  expect(await gauge()).toBe('1');
  await record('one');
  await subscriber.came(1);
  expect(await (await request(null, '/metrics')).text()).toContain(
    'annals_subscription_events_total{field="memories"} 1',
  );
  subscriber.leave();
  await expect.poll(gauge).toBe('0');
});
