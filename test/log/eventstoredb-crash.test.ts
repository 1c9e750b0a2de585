import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { appended, event, readAll, stream, write } from '../conformance/event-log/fixture.ts';
import { patience } from '../conformance/event-log/followers.ts';
import type { Acknowledgement } from '../support/append-forever.ts';
import { startChild } from '../support/child.ts';
import { type EventStoreProcess, startEventStoreProcess } from '../support/eventstore/event-store-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const BATCH_TIMEOUT = 300;

function expectWhole(events: RecordedEvent[]): void {
  for (const inStream of Map.groupBy(events, ({ stream: name }) => name).values())
    expect(inStream.map(({ revision }) => revision)).toEqual(inStream.map((_, index) => index));
  for (const batch of Map.groupBy(events, ({ data }) => data.batch).values())
    expect(batch).toHaveLength(Number(batch[0]?.data.of));
}

describe('EventStoreDB and kill -9', { timeout: 120_000 }, () => {
  let folder: TemporaryFolder;
  let server: EventStoreProcess;
  const logs: EventLog[] = [];
  const open = async (): Promise<EventLog> => {
    const log = await openEventStoreLog({ url: server.url, batchTimeout: BATCH_TIMEOUT, patience: 20_000 });
    logs.push(log);
    return log;
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await startEventStoreProcess({ folder: folder.file('store') });
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await server.kill();
    await folder.remove();
  });

  test('a server killed between the two steps of a batch leaves all of it or none, and the next to come settles it', async () => {
    const log = await open();
    await appended(log, write(stream('a'), 'none', event({ by: 0 })));
    for (const when of ['before', 'after', 'before']) {
      const child = startChild('append-and-halt.ts', server.url, when, 'a', 'b');
      expect(await child.line()).toBe('halted');
      await child.kill('SIGKILL');
      const before = (await readAll(log)).length;
      // Whoever comes next waits until it is settled, and appends behind it.
      await appended(log, write(stream('b'), 'any', event({ by: 0 })));
      const reader = await open();
      const events = await readAll(reader);
      expect(events).toHaveLength(before + 1);
      expect(events.filter(({ data }) => data.by === child.process.pid)).toHaveLength(when === 'after' ? 2 : 0);
      for (const name of [stream('a'), stream('b')])
        expect(await reader.readStream(name)).toEqual(events.filter((each) => each.stream === name));
      expect(await readAll(log)).toEqual(events);
    }
  });

  test('servers killed under load leave every acknowledged append, and no half of any', async () => {
    const acknowledged: Acknowledgement[] = [];
    for (let round = 0; round < 6; round += 1) {
      const children = [startChild('append-forever.ts', server.url), startChild('append-forever.ts', server.url)];
      await Promise.all(
        children.map(async (child) => {
          const lines: string[] = [];
          while (lines.length < 10 + round * 20) lines.push((await child.line()) ?? '');
          await child.kill('SIGKILL');
          lines.push(...(await child.rest()));
          // The last line may be torn; then nobody was told.
          for (const line of lines) if (line.endsWith('.')) acknowledged.push(JSON.parse(line.slice(0, -1)));
        }),
      );
    }
    const log = await open();
    const events = await readAll(log);
    // Who reads a stream settles what was left open in it; nothing appears or goes by that.
    for (const name of new Set(events.map((each) => each.stream)))
      expect(await log.readStream(name)).toEqual(events.filter((each) => each.stream === name));
    expect(await readAll(await open())).toEqual(events);
    expectWhole(events);
    const byPlace = new Map(events.map((each) => [`${each.stream} ${each.revision}`, each]));
    for (const { batch, position, streams, revisions } of acknowledged) {
      const own = streams.map((name, index) => byPlace.get(`${name} ${revisions[index]}`));
      expect(own.map((each) => each?.data.batch)).toEqual(streams.map(() => batch));
      expect(own.at(-1)?.position).toBe(position);
    }
    expect(acknowledged.length).toBeGreaterThan(600);
  });

  test('EventStoreDB itself killed and started again loses nothing that was acknowledged, and doubles nothing', async () => {
    const log = await open();
    const acknowledged: number[] = [];
    let restarting: Promise<void> | null = null;
    const restart = async () => {
      await server.kill('SIGKILL');
      server = await startEventStoreProcess({ folder: folder.file('store'), port: server.port });
    };
    let next = 0;
    const writer = async (index: number) => {
      for (let round = 0; round < 15; round += 1) {
        const n = next;
        next += 1;
        const more = round % 3 === 0 ? [write(stream(`with-${n}`), 'none', event({ n: -1, batch: n, of: 2 }))] : [];
        const of = 1 + more.length;
        await appended(log, write(stream(`s${index % 3}`), 'any', event({ n, batch: n, of })), ...more);
        acknowledged.push(n);
        if (acknowledged.length === 60) restarting = restart();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => writer(index)));
    await restarting;
    const events = await readAll(await open());
    expectWhole(events);
    const seen = events.map(({ data }) => Number(data.n)).filter((n) => n >= 0);
    expect(seen.toSorted((a, b) => a - b)).toEqual(acknowledged.toSorted((a, b) => a - b));
  });

  test("another process's appends wake this one's subscribers, who see them all", async () => {
    const following = await open();
    let after = following.start;
    const seen: RecordedEvent[] = [];
    let reading = Promise.resolve();
    const stop = following.onAppend(() => {
      reading = reading.then(async () => {
        const page = await following.read({ after, limit: 10_000 });
        seen.push(...page.events);
        after = page.position;
      });
    });
    const child = startChild('append-forever.ts', server.url, '200');
    expect(await child.rest()).toHaveLength(200);
    expect(await child.ended).toBe(0);
    const all = await readAll(following);
    await expect.poll(() => seen, patience).toEqual(all);
    stop();
    await reading;
  });
});
