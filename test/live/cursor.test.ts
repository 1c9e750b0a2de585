import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { failure } from '../../src/domain/failure.ts';
import { type Live, openLive } from '../../src/live/live.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { anEvent, aReader, aRecording, memoryStream, NOW, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';

type Ring = { milliseconds: number; ring: () => void };

let log: EventLog;
let rings: Set<Ring>;
let keyHolds: boolean;
let bob: Live;

beforeEach(() => {
  log = openMemoryLog();
  rings = new Set();
  keyHolds = true;
  const renew = async (caller: Caller) => {
    if (!keyHolds) throw failure('UNAUTHENTICATED', 'no more');
    return { caller, expiresAt: null };
  };
  const alarm = (milliseconds: number, ring: () => void) => {
    const entry = { milliseconds, ring };
    rings.add(entry);
    return () => rings.delete(entry);
  };
  const feed = openLive({ log, renew, clock: () => new Date(NOW), heartbeatSeconds: 15, alarm });
  const known = { role: 'TENANT', tenant: TENANT, keyId: 'key', correlationId: 'test' } as const;
  bob = feed.of({ ...known, agent: 'bob', reader: aReader('bob') });
});
afterEach(() => log.close());

let made = 0;
const record = (given: Parameters<typeof aRecording>[0] = {}) =>
  log.append([
    {
      stream: memoryStream(`of-cursor-${++made}`),
      expected: 'none',
      events: [anEvent({ type: 'memory.recorded', data: aRecording(given) }, { recordedAt: NOW })],
    },
  ]);
const follow = (after: string | null = null) => bob.memories(after, { filter: {}, includeDeprecated: false });

test('a heartbeat is due 15 seconds after the last notice was asked for, and moves past what may not be seen', async () => {
  const cursor = await follow();
  const next = cursor.next();
  await record({ scope: 'AGENT_PRIVATE' });
  await expect.poll(() => [...rings].map(({ milliseconds }) => milliseconds)).toEqual([15_000]);
  for (const { ring } of rings) ring();
  expect((await next).value?.notice).toEqual({ kind: 'heartbeat', position: await log.head() });
  expect(rings.size).toBe(0);
});

test('resumed from a heartbeat, nothing is missed', async () => {
  const cursor = await follow();
  const next = cursor.next();
  for (const { ring } of rings) ring();
  const { value } = await next;
  await record({ content: 'afterwards' });
  const again = await follow(value?.notice.position);
  expect((await again.next()).value?.notice).toMatchObject({ memory: { memory: { content: 'afterwards' } } });
});

test('whoever leaves while it waits is let go at once, and leaves nothing behind', async () => {
  const cursor = await follow();
  const next = cursor.next();
  await cursor.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(rings.size).toBe(0);
  expect(await cursor.next()).toEqual({ done: true, value: undefined });
});

test('rights are asked when it is sent, not when it is appended', async () => {
  const cursor = await follow();
  await record();
  keyHolds = false;
  await expect(cursor.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await cursor.next()).done).toBe(true);
});

test('one that is far behind lets others have their turn between pages', async () => {
  const { start } = log;
  for (let count = 0; count < 500; count++) await record({ scope: 'AGENT_PRIVATE' });
  const cursor = await follow(start);
  const next = cursor.next();
  let turns = 0;
  let reached = false;
  void next.then(() => {
    reached = true;
  });
  await record({ content: 'at the end' });
  while (!reached) {
    await new Promise(setImmediate);
    turns += 1;
  }
  expect(turns).toBeGreaterThan(500 / 64);
});

test.each([
  ['of another server', async () => openMemoryLog().head()],
  ['from the future', async () => (await log.head()).replace(/^\d+/, '0000000000000999')],
  ['malformed', async () => 'yesterday'],
])('a position %s is refused before anything is sent', async (_what, position) => {
  await expect(position().then(follow)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'after' } });
});

test('a stream that was erased shows nothing, and one that is begun again under its name shows what is there', async () => {
  const { start } = log;
  await record({ content: 'erased' });
  const stream = memoryStream(`of-cursor-${made}`);
  const first = await follow(start);
  expect((await first.next()).value?.notice).toMatchObject({ event: 'memory.recorded' });
  await log.deleteStream(stream);
  made -= 1;
  await record({ content: 'anew' });
  const again = await follow(start);
  expect((await again.next()).value?.notice).toMatchObject({ memory: { memory: { content: 'anew' } } });
});
