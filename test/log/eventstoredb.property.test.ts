import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { AppendResult, EventLog, Expected, StreamWrite } from '../../src/log/event-log.ts';
import { connect } from '../../src/log/eventstoredb/client.ts';
import { openLogOn } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { event, readAll, stream } from '../conformance/event-log/fixture.ts';
import { follow, patience } from '../conformance/event-log/followers.ts';
import { startEventStore } from '../support/eventstore/event-store.ts';
import { type Halting, haltingAtOutcome } from '../support/halting-connection.ts';

const CALL_TIMEOUT = 2500;
const settings = { callTimeout: CALL_TIMEOUT, patience: 20_000, batchTimeout: 60 };

/** An append by one of two servers, or by one that dies between the steps of it. */
type Step = {
  by: 'first' | 'second' | 'dies before' | 'dies after';
  writes: { to: string; expected: Expected; count: number }[];
};

const to = fc.constantFrom('a', 'b', 'c', 'd');
const expected: fc.Arbitrary<Expected> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('any' as const) },
  { weight: 1, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: fc.nat({ max: 6 }) },
);
const writes = (minLength: number) =>
  fc.uniqueArray(fc.record({ to, expected, count: fc.integer({ min: 1, max: 3 }) }), {
    minLength,
    maxLength: 3,
    selector: (write) => write.to,
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ by: fc.constantFrom('first' as const, 'second' as const), writes: writes(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ by: fc.constantFrom('dies before' as const, 'dies after' as const), writes: writes(2) }),
  },
);
/** Steps of one group race each other. */
const story = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

type Done = { batch: number; of: number; writes: StreamWrite[]; outcome: AppendResult | 'died before' | 'died after' };

describe('appends by two servers that race, and by servers that die between the two steps', () => {
  test('are one history for every reader, each of them there whole or not at all', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, async (groups) => {
        const server = await startEventStore();
        const open = () => openLogOn(connect(server.url, CALL_TIMEOUT), settings);
        const logs = { first: await open(), second: await open() };
        const dead: Halting[] = [];
        const followers = [follow(logs.first), follow(logs.second)];
        const done: Done[] = [];
        try {
          for (const group of groups) await Promise.all(group.map(act));
          const fresh = await open();
          await expectOneHistory([logs.first, logs.second, fresh], done);
          const order = (await readAll(fresh)).map(({ data }) => data.n);
          for (const follower of followers) await expect.poll(() => follower.seen, patience).toEqual(order);
          await fresh.close();
        } finally {
          for (const follower of followers) await follower.stop();
          await Promise.all([...Object.values(logs).map((log) => log.close())]);
          await Promise.all(dead.map(({ connection }) => connection.close()));
          await server.stop();
        }

        async function act({ by, writes: wanted }: Step): Promise<void> {
          const batch = done.length;
          const of = wanted.reduce((sum, { count }) => sum + count, 0);
          let n = batch * 100;
          const asked = wanted.map(({ to: id, expected: at, count }) => ({
            stream: stream(id),
            expected: at,
            events: Array.from({ length: count }, () => event({ batch, n: n++ })),
          }));
          const entry: Done = { batch, of, writes: asked, outcome: 'died before' };
          done.push(entry);
          if (by === 'first' || by === 'second') {
            entry.outcome = await logs[by].append(asked);
            return;
          }
          const halting = haltingAtOutcome(
            connect(server.url, CALL_TIMEOUT),
            by === 'dies before' ? 'before' : 'after',
          );
          dead.push(halting);
          const log = await openLogOn(halting.connection, settings);
          const died = by === 'dies before' ? 'died before' : 'died after';
          // One that is refused comes to no outcome, and its server lives.
          entry.outcome = await Promise.race([halting.halted.then(() => died as typeof died), log.append(asked)]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

async function expectOneHistory(logs: EventLog[], done: Done[]): Promise<void> {
  const streams = ['a', 'b', 'c', 'd'].map((id) => stream(id));
  const histories: RecordedEvent[][] = [];
  for (const [index, log] of logs.entries()) {
    // Reading the streams settles what the dead left open.
    const byStream = await Promise.all(streams.map((name) => log.readStream(name)));
    const history = await readAll(log, { limit: [1000, 3, 1][index] ?? 7 });
    for (const [at, name] of streams.entries()) {
      expect(byStream[at]).toEqual(history.filter((each) => each.stream === name));
      expect(byStream[at]?.map(({ revision }) => revision)).toEqual(byStream[at]?.map((_, revision) => revision));
    }
    const positions = history.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted());
    expect(await log.head()).toBe(positions.at(-1) ?? log.start);
    histories.push(history);
  }
  for (const history of histories) expect(history).toEqual(histories[0]);

  const history = histories[0] ?? [];
  for (const { batch, of, writes: asked, outcome } of done) {
    const events = history.filter(({ data }) => data.batch === batch);
    const refused = typeof outcome === 'object' && !outcome.ok;
    // One that was slow to die may have been aborted before: it is there whole, or not at all.
    const either = outcome === 'died after' && events.length === 0;
    expect(events).toHaveLength(refused || outcome === 'died before' || either ? 0 : of);
    if (events.length === 0) continue;
    expect(events.map(({ id }) => id)).toEqual(asked.flatMap((write) => write.events.map(({ id }) => id)));
    const from = history.findIndex(({ data }) => data.batch === batch);
    expect(history.slice(from, from + of)).toEqual(events);
    if (typeof outcome !== 'object' || !outcome.ok) continue;
    expect(events.at(-1)?.position).toBe(outcome.position);
    for (const [index, { stream: name, expected: at }] of asked.entries()) {
      const inStream = events.filter((each) => each.stream === name);
      expect(inStream.at(-1)?.revision).toBe(outcome.revisions[index]);
      if (at !== 'any') expect(inStream[0]?.revision).toBe(at === 'none' ? 0 : at + 1);
    }
  }
}
