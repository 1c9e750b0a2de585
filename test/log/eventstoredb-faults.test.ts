import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '../../src/log/event-log.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { appended, event, readAll, stream, write } from '../conformance/event-log/fixture.ts';
import { follow, patience } from '../conformance/event-log/followers.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import type { Fault } from '../support/eventstore/faults.ts';

const lost: [string, Fault][] = [
  ['is refused', { kind: 'refuse' }],
  ['is never answered', { kind: 'stall' }],
  ['is answered too late', { kind: 'late', milliseconds: 600 }],
  ['is kept, and the acknowledgement lost with the connection', { kind: 'lose', by: 'break' }],
  ['is kept, and never acknowledged', { kind: 'lose', by: 'silence' }],
];

describe('EventStoreDB on a bad day', () => {
  let server: EventStore;
  const logs: EventLog[] = [];
  const open = async (options = {}): Promise<EventLog> => {
    const log = await openEventStoreLog({ url: server.url, callTimeout: 250, ...options });
    logs.push(log);
    return log;
  };
  beforeEach(async () => {
    server = await startEventStore();
  });
  afterEach(async () => {
    server.faults.clear();
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await server.stop();
  });

  test.for(lost)('an append that %s is there once, and acknowledged as new', async ([, fault]) => {
    const log = await open();
    for (const expected of ['none', 0, 'any'] as const) {
      server.faults.add({ on: ['append'], fault, times: 2 });
      const result = await appended(log, write(stream('a'), expected, event({ expected })));
      expect(result.duplicate).toBe(false);
      expect((await log.readStream(stream('a'))).at(-1)).toMatchObject({
        data: { expected },
        position: result.position,
      });
    }
    expect(await readAll(log)).toHaveLength(3);
  });

  test.for(lost)('a batch whose outcome %s is there once, whole', async ([, fault]) => {
    const log = await open();
    server.faults.add({ on: ['append'], streams: /^batch-/, fault, times: 2 });
    const writes = [write(stream('a'), 'none'), write(stream('b'), 'any'), write(stream('c'), 'none')];
    const first = await appended(log, ...writes);
    expect(first).toMatchObject({ revisions: [0, 0, 0], duplicate: false });
    expect(await appended(log, ...writes)).toEqual({ ...first, duplicate: true });
    expect(await readAll(log)).toHaveLength(3);
  });

  test.for(lost)('a batch of which a step in between %s is there once, whole', async ([, fault]) => {
    const log = await open();
    server.faults.add({ on: ['append'], streams: /\+b$/, fault, times: 1 });
    await appended(log, write(stream('a'), 'none'), write(stream('b'), 'any'), write(stream('c'), 'none'));
    const events = await readAll(await open());
    expect(events.map(({ stream: name, revision }) => [name, revision])).toEqual(
      ['a', 'b', 'c'].map((id) => [stream(id), 0]),
    );
  });

  test('a caller whom nobody answered asks again and gets the first result', async () => {
    const log = await open({ patience: 400 });
    for (const writes of [[write(stream('single'), 'any')], [write(stream('a'), 'any'), write(stream('b'), 'none')]]) {
      const rule = server.faults.add({ on: ['append'], fault: { kind: 'lose', by: 'silence' } });
      await expect(log.append(writes)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      rule.end();
      const other = await appended(log, write(stream('single'), 'any'));
      const result = await appended(log, ...writes);
      expect(result.position === other.position).toBe(false);
      expect(await appended(log, ...writes)).toEqual({ ...result, duplicate: true });
    }
    const ids = (await readAll(log)).map(({ id }) => id);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  test('a server that is away fails every question with UNAVAILABLE, and answers when it is back', async () => {
    const log = await open({ patience: 100 });
    const { position } = await appended(log, write(stream('a'), 'none'));
    await server.stop();
    const refusal = { code: 'UNAVAILABLE', message: expect.stringContaining('EventStoreDB') };
    await expect(log.append([write(stream('b'), 'none')])).rejects.toMatchObject(refusal);
    await expect(log.append([write(stream('b'), 'none'), write(stream('c'), 'none')])).rejects.toMatchObject(refusal);
    await expect(log.readStream(stream('a'))).rejects.toMatchObject(refusal);
    await expect(log.read({ after: null, limit: 10 })).rejects.toMatchObject(refusal);
    await expect(log.head()).rejects.toMatchObject(refusal);
    await expect(log.deleteStream(stream('a'))).rejects.toMatchObject(refusal);
    await expect(open({ patience: 100 })).rejects.toMatchObject(refusal);
    await server.restart();
    expect(await log.head()).toBe(position);
    expect((await appended(log, write(stream('b'), 'none'))).duplicate).toBe(false);
  });

  test('a server that restarts amid appends loses and doubles none of them', async () => {
    const log = await open();
    const follower = follow(log);
    const acknowledged: number[] = [];
    let next = 0;
    const writer = async (name: string) => {
      for (let round = 0; round < 12; round += 1) {
        const n = next;
        next += 1;
        const more = round % 3 === 0 ? [write(stream(`with-${n}`), 'none', event({ n: -1 }))] : [];
        await appended(log, write(stream(name), 'any', event({ n })), ...more);
        acknowledged.push(n);
        if (acknowledged.length % 60 === 0) await server.restart();
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => writer(`s${index % 5}-${index % 2}`)));
    const events = await readAll(await open());
    const seen = events.map(({ data }) => Number(data.n));
    expect(seen.filter((n) => n >= 0).toSorted((a, b) => a - b)).toEqual(acknowledged.toSorted((a, b) => a - b));
    for (const inStream of Map.groupBy(events, ({ stream: name }) => name).values())
      expect(inStream.map(({ revision }) => revision)).toEqual(inStream.map((_, index) => index));
    await expect.poll(() => follower.seen.length, patience).toBe(seen.length);
    expect(follower.seen).toEqual(seen);
    await follower.stop();
  });

  test.for<[string, Fault]>([
    ['drops', { kind: 'drop', after: 3 }],
    ['tells everything twice', { kind: 'twice' }],
    ['is refused for a while', { kind: 'refuse' }],
    ['is never answered', { kind: 'stall' }],
  ])('a subscription that %s loses no event of another server', async ([, fault]) => {
    const log = await open();
    const other = await open();
    server.faults.add({ on: ['subscribe'], fault, times: 4 });
    const follower = follow(log);
    for (let n = 0; n < 30; n += 1) {
      await appended(other, write(stream(`s${n % 3}`), 'any', event({ n })));
      if (n % 10 === 0) await expect.poll(() => follower.seen, patience).toContain(n);
    }
    const all = Array.from({ length: 30 }, (_, n) => n);
    await expect.poll(() => follower.seen, patience).toEqual(all);
    await follower.stop();
  });

  test('a client that is given up, as the server never answers it, is replaced; followers are told what comes then', async () => {
    const log = await open({ patience: 1500 });
    const follower = follow(log);
    await appended(log, write(stream('a'), 'any', event({ n: 0 })));
    await expect.poll(() => follower.seen, patience).toEqual([0]);
    const rule = server.faults.add({ on: ['append'], fault: { kind: 'stall' } });
    await expect(log.append([write(stream('a'), 'any')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(rule.met()).toBeGreaterThan(3);
    rule.end();
    // By way of another client.
    const other = await open({ url: `${server.url}&connectionName=other` });
    await appended(other, write(stream('b'), 'any', event({ n: 1 })));
    await expect.poll(() => follower.seen, patience).toEqual([0, 1]);
    await appended(log, write(stream('a'), 'any', event({ n: 2 })));
    await expect.poll(() => follower.seen, patience).toEqual([0, 1, 2]);
    await follower.stop();
  });

  test('reads that break or fall silent are made again, and miss nothing', async () => {
    const log = await open();
    for (let n = 0; n < 40; n += 1) await appended(log, write(stream(`s${n % 4}`), 'any', event({ n })));
    const events = await readAll(log);
    for (const fault of [{ kind: 'drop', after: 7 }, { kind: 'stall' }, { kind: 'refuse' }] satisfies Fault[]) {
      server.faults.add({ on: ['read', 'subscribe'], fault, times: 2 });
      expect(await readAll(log, { limit: 13 })).toEqual(events);
      server.faults.add({ on: ['read', 'subscribe'], fault, times: 2 });
      expect(await readAll(log, { categories: ['memory'], limit: 13 })).toEqual(events);
      server.faults.add({ on: ['read'], fault, times: 2 });
      expect(await log.readStream(stream('s1'))).toHaveLength(10);
    }
  });

  test('a stream that was deleted halfway is deleted, and may be asked to be deleted again', async () => {
    const log = await open({ patience: 300 });
    await appended(log, write(stream('a'), 'none'));
    server.faults.add({ on: ['delete'], fault: { kind: 'refuse' } });
    await expect(log.deleteStream(stream('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const other = await open();
    for (const reader of [log, other]) {
      expect(await reader.readStream(stream('a'))).toEqual([]);
      expect(await readAll(reader)).toEqual([]);
    }
    server.faults.clear();
    await other.deleteStream(stream('a'));
    expect(await appended(log, write(stream('a'), 'none'))).toMatchObject({ revisions: [0] });
    expect(await readAll(other)).toHaveLength(1);
  });

  test('a stream that an operator tombstoned takes no events, with a sentence that says so', async () => {
    const log = await open();
    await appended(log, write(stream('a'), 'none'));
    const client = EventStoreDBClient.connectionString(server.url);
    await client.tombstoneStream(stream('a'));
    await client.dispose();
    await expect(log.append([write(stream('a'), 0)])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('tombstoned'),
    });
    expect(await log.readStream(stream('a'))).toEqual([]);
    await log.deleteStream(stream('a'));
  });
});
