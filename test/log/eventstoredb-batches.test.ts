import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '../../src/log/event-log.ts';
import { connect } from '../../src/log/eventstoredb/client.ts';
import { openLogOn } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { appended, event, readAll, stream, write } from '../conformance/event-log/fixture.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import { type Halting, haltingAtOutcome } from '../support/halting-connection.ts';

const CALL_TIMEOUT = 2500;
const settings = { callTimeout: CALL_TIMEOUT, patience: 8000, batchTimeout: 10_000 };
const impatient = { ...settings, batchTimeout: 100 };

describe('appends to several streams of EventStoreDB', () => {
  let server: EventStore;
  const logs: EventLog[] = [];
  beforeEach(async () => {
    server = await startEventStore();
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await server.stop();
  });

  const open = async (options = settings): Promise<EventLog> => {
    const log = await openLogOn(connect(server.url, CALL_TIMEOUT), options);
    logs.push(log);
    return log;
  };
  /** A log of which a batch halts; it is not closed, as a process that died does not close. */
  const openHalting = async (when: 'before' | 'after'): Promise<Halting & { log: EventLog }> => {
    const halting = haltingAtOutcome(connect(server.url, CALL_TIMEOUT), when);
    return { ...halting, log: await openLogOn(halting.connection, settings) };
  };
  const both = () => [write(stream('a'), 'any', event({ of: 'a' })), write(stream('b'), 'any', event({ of: 'b' }))];

  test('while a batch is open its events are in no read of the log, and who reads one of its streams waits', async () => {
    const writer = await openHalting('before');
    const reader = await open();
    await appended(reader, write(stream('c'), 'none'));
    const head = await reader.head();
    const appending = appended(writer.log, ...both());
    await writer.halted;
    expect((await readAll(reader)).map((each) => each.stream)).toEqual([stream('c')]);
    expect(await reader.head()).toBe(head);
    let settled = false;
    const reading = reader.readStream(stream('a')).finally(() => {
      settled = true;
    });
    // The stream as it stood needs no waiting, and other streams neither.
    expect(await reader.readStream(stream('a'), { until: head })).toEqual([]);
    expect(await reader.readStream(stream('c'))).toHaveLength(1);
    expect(settled).toBe(false);
    writer.release();
    const { position } = await appending;
    expect((await reading).map(({ data }) => data.of)).toEqual(['a']);
    expect((await readAll(reader)).map(({ data }) => data.of)).toEqual([undefined, 'a', 'b']);
    expect(await reader.head()).toBe(position);
    await writer.log.close();
  });

  test('an append to a stream of an open batch waits for the outcome and comes after it', async () => {
    const writer = await openHalting('before');
    const other = await open();
    const appending = appended(writer.log, ...both());
    await writer.halted;
    const later = appended(other, write(stream('a'), 'any', event({ of: 'later' })));
    const refused = other.append([write(stream('b'), 'none')]);
    expect(await other.readStream(stream('c'))).toEqual([]);
    writer.release();
    const first = await appending;
    const second = await later;
    expect(second.revisions).toEqual([1]);
    expect(second.position > first.position).toBe(true);
    expect(await refused).toEqual({ ok: false, stream: stream('b'), revision: 0 });
    expect((await readAll(other)).map(({ data }) => data.of)).toEqual(['a', 'b', 'later']);
    await writer.log.close();
  });

  test('a batch whose writer died is aborted by whoever meets it, and counts for nothing from then on', async () => {
    const dead = await openHalting('before');
    const log = await open(impatient);
    await appended(log, write(stream('a'), 'none', event({ n: 0 })));
    void dead.log.append(both());
    await dead.halted;
    expect((await log.readStream(stream('a'))).map(({ data }) => data.n)).toEqual([0]);
    expect(await log.readStream(stream('b'))).toEqual([]);
    // Revisions from above are those of what is visible, there and in a process that knows nothing.
    expect(await log.append([write(stream('a'), 1)])).toEqual({ ok: false, stream: stream('a'), revision: 0 });
    expect(await appended(log, write(stream('a'), 0, event({ n: 1 })))).toMatchObject({ revisions: [1] });
    const fresh = await open();
    expect(await fresh.append([write(stream('b'), 0)])).toEqual({ ok: false, stream: stream('b'), revision: -1 });
    expect(await appended(fresh, write(stream('b'), 'none', event({ n: 2 })))).toMatchObject({ revisions: [0] });
    expect(await appended(fresh, write(stream('a'), 1, event({ n: 3 })))).toMatchObject({ revisions: [2] });
    const inBoth = [write(stream('a'), 2, event({ n: 4 })), write(stream('b'), 0, event({ n: 5 }))];
    expect(await appended(fresh, ...inBoth)).toMatchObject({ revisions: [3, 1] });
    for (const reader of [log, fresh, await open()]) {
      const events = await readAll(reader);
      expect(events.map(({ data, revision }) => [data.n, revision])).toEqual([
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 2],
        [4, 3],
        [5, 1],
      ]);
      for (const name of [stream('a'), stream('b')]) {
        expect(await reader.readStream(name)).toEqual(events.filter((each) => each.stream === name));
        expect(await reader.readStream(name, { from: 1 })).toEqual(
          events.filter((each) => each.stream === name && each.revision >= 1),
        );
      }
    }
    await dead.connection.close();
  });

  test('a batch whose writer died when it was committed is there, whole', async () => {
    const dead = await openHalting('after');
    void dead.log.append(both());
    await dead.halted;
    const log = await open();
    expect((await readAll(log)).map(({ data }) => data.of)).toEqual(['a', 'b']);
    expect(await log.readStream(stream('b'))).toHaveLength(1);
    await dead.connection.close();
  });

  test('a writer that comes back when its batch was aborted appends it anew, once', async () => {
    const writer = await openHalting('before');
    const log = await open(impatient);
    const appending = appended(writer.log, ...both());
    await writer.halted;
    expect(await log.readStream(stream('a'))).toEqual([]);
    writer.release();
    expect(await appending).toMatchObject({ revisions: [0, 0], duplicate: false });
    expect((await readAll(log)).map(({ data, revision }) => [data.of, revision])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
    await writer.log.close();
  });

  test('the same append, asked for again after its writer died, is one: the first result, or anew', async () => {
    for (const when of ['before', 'after'] as const) {
      const dead = await openHalting(when);
      const writes = [write(stream(`${when}-a`), 'none'), write(stream(`${when}-b`), 'none')];
      void dead.log.append(writes);
      await dead.halted;
      const log = await open(impatient);
      expect(await appended(log, ...writes)).toMatchObject({ revisions: [0, 0], duplicate: when === 'after' });
      expect(await log.readStream(stream(`${when}-a`))).toHaveLength(1);
      await dead.connection.close();
    }
    expect(await readAll(await open())).toHaveLength(4);
  });

  test('a reader that resumes between two events of a batch gets the rest of it', async () => {
    const log = await open();
    const writes = ['a', 'b', 'c'].map((id) => write(stream(id), 'none', event({ of: id }), event({ of: id })));
    await appended(log, ...writes);
    const events = await readAll(log);
    for (const reader of [log, await open()])
      for (const limit of [1, 2, 10])
        for (const [index, { position }] of events.entries())
          expect(await readAll(reader, { after: position, limit })).toEqual(events.slice(index + 1));
    expect(await readAll(log, { until: events[2]?.position ?? '' })).toEqual(events.slice(0, 3));
  });

  test('a deleted stream is left out of its batches, and the others of them stay where they were', async () => {
    const log = await open();
    await appended(log, write(stream('a'), 'none'), write(stream('b'), 'none'), write(stream('c'), 'none'));
    const others = (await readAll(log)).filter(({ stream: name }) => name !== stream('b'));
    const head = await log.head();
    await log.deleteStream(stream('b'));
    await appended(log, write(stream('b'), 'none', event({ life: 2 })));
    for (const scavenged of [false, true]) {
      if (scavenged) server.scavenge();
      const reader = await open();
      const events = await readAll(reader);
      expect(events.slice(0, 2)).toEqual(others);
      expect(events.slice(2)).toMatchObject([{ stream: stream('b'), revision: 0, data: { life: 2 } }]);
      expect(await reader.readStream(stream('b'))).toEqual(events.slice(2));
      expect(await reader.parsePosition(head, 'after')).toBe(head);
    }
  });
});
