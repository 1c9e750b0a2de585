// The log on EventStoreDB while everything goes wrong now and then: what was acknowledged is told of, read back at once and
// there once, and nothing else is there.
import { afterEach, expect, test } from 'vitest';
import type { EventLog } from '../../src/log/event-log.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { event, stream, write } from '../conformance/event-log/fixture.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import { createFaults, everyFault } from '../support/eventstore/faults.ts';

let server: EventStore;
let log: EventLog;
afterEach(async () => {
  server.faults.clear();
  await log.close();
  await server.stop();
});

test.each([
  ['every fault', everyFault],
  ['none', createFaults],
])(
  'with %s: an append wakes who follows, and is read back before anything else is done',
  async (_, faults) => {
    server = await startEventStore({ faults: faults(), statisticsEvery: 7 });
    log = await openEventStoreLog({ url: server.url, callTimeout: 250 });
    let wakes = 0;
    log.onAppend(() => {
      wakes += 1;
    });
    const revisions = new Map<string, number>();
    let after: string | null = null;
    for (let round = 0; round < 300; round += 1) {
      // One stream, or two at once; at an exact revision, or at any.
      const names = [stream(`s${round % 5}`), ...(round % 3 === 0 ? [stream(`t${round % 4}`)] : [])];
      const writes = names.map((name) =>
        write(name, round % 2 === 0 ? 'any' : (revisions.get(name) ?? 'none'), event(), event()),
      );
      const before = wakes;
      const result = await log.append(writes);
      expect(result).toMatchObject({ ok: true, duplicate: false });
      expect(wakes).toBeGreaterThan(before);
      if (result.ok) for (const [index, name] of names.entries()) revisions.set(name, result.revisions[index] ?? -1);

      const read: string[] = [];
      for (let end = false; !end; ) {
        const page = await log.read({ after, categories: ['memory'], limit: 3 });
        read.push(...page.events.map(({ id }) => id));
        after = page.position;
        end = page.end;
      }
      expect(read).toEqual(writes.flatMap(({ events }) => events.map(({ id }) => id)));
      const [name = ''] = names;
      expect((await log.readStream(name)).map(({ revision }) => revision)).toEqual(
        Array.from({ length: (revisions.get(name) ?? -1) + 1 }, (_, revision) => revision),
      );
    }
  },
  60_000,
);

// When a read fails the client connects anew, and would then have two streams of appends; where the one breaks, it forgets
// what the other waits for, and an answer to that ends the process.
test('appends that are answered after others broke off, and reads failed, are acknowledged', async () => {
  server = await startEventStore();
  log = await openEventStoreLog({ url: server.url, callTimeout: 250 });
  server.faults.add({ on: ['read', 'subscribe'], fault: { kind: 'refuse' }, every: 5 });
  server.faults.add({ on: ['append'], fault: { kind: 'lose', by: 'break' }, every: 7 });
  server.faults.add({ on: ['append'], fault: { kind: 'late', milliseconds: 25 }, every: 3 });
  const writer = async (name: string) => {
    for (let round = 0; round < 30; round += 1) {
      expect(await log.append([write(stream(`${name}-${round}`), 'none')])).toMatchObject({ ok: true });
      expect(await log.readStream(stream(`${name}-${round}`))).toHaveLength(1);
    }
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(writer));
});

// What its queue of appends holds when their connection breaks, the client rejects where nobody can handle it.
test('two thousand appends at once, whose connection breaks off again and again, are there once', async () => {
  server = await startEventStore();
  log = await openEventStoreLog({ url: server.url, patience: 20_000 });
  server.faults.add({ on: ['append'], fault: { kind: 'lose', by: 'break' }, every: 250 });
  const names = Array.from({ length: 2_000 }, (_, index) => stream(`s${index}`));
  const results = await Promise.all(names.map((name) => log.append([write(name, 'none', event(), event())])));
  expect(results.every((result) => result.ok && !result.duplicate)).toBe(true);
  expect((await log.read({ after: null, limit: 10_000 })).events).toHaveLength(4_000);
});

test('appends that the server never answers hold up no others for long', async () => {
  server = await startEventStore();
  log = await openEventStoreLog({ url: server.url, callTimeout: 200 });
  server.faults.add({ on: ['append'], streams: /stalled/, fault: { kind: 'stall' }, times: 40 });
  const names = Array.from({ length: 60 }, (_, index) => stream(index % 3 === 0 ? `s${index}` : `stalled-${index}`));
  const results = await Promise.all(names.map((name) => log.append([write(name, 'none')])));
  expect(results.every((result) => result.ok && !result.duplicate)).toBe(true);
});

test('a long read of one tenant has each event once, also where the server tells everything twice', async () => {
  server = await startEventStore();
  log = await openEventStoreLog({ url: server.url });
  for (let round = 0; round < 12; round += 1)
    await log.append(Array.from({ length: 50 }, (_, index) => write(stream(`s${round}-${index}`), 'none')));
  server.faults.add({ on: ['subscribe'], fault: { kind: 'twice' } });
  const { events } = await log.read({ after: null, limit: 1000, categories: ['memory'], tenant: 'acme' });
  expect(new Set(events.map(({ id }) => id)).size).toBe(600);
  expect(events).toHaveLength(600);
});
