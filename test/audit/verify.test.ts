// Verify: what the log makes against what is served.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProjector } from '../../projections/projector.ts';
import { verify } from '../../src/audit/verify.ts';
import type { JsonObject } from '../../src/domain/event.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { aTenantsHistory } from '../support/arbitrary-history.ts';
import { analyse, anEvent, aRecording, memoryStream, minute, NOW, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { type NaiveStorage, naiveStorage, openNaiveViews } from '../support/naive-views.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openIn } from '../views/open.ts';

const clock = () => new Date(NOW);

type World = { log: EventLog; views: ViewStore; storage: NaiveStorage };

async function aWorld(): Promise<World> {
  const storage = naiveStorage();
  return { log: openMemoryLog(), storage, views: openNaiveViews({ analyse, storage }) };
}

async function catchUp(log: EventLog, views: ViewStore): Promise<void> {
  const projector = createProjector(log, views, { pageSize: 7 });
  await projector.start();
  expect(await projector.waitFor(await log.head(), 10_000)).toBe(true);
  await projector.stop();
}

const append = (log: EventLog, stream: string, ...events: { type: string; data: JsonObject }[]) =>
  log.append([{ stream, expected: 'any', events: events.map((event) => anEvent(event)) }]);

const recorded = (given: Parameters<typeof aRecording>[0] = {}) => ({
  type: 'memory.recorded',
  data: aRecording(given) as JsonObject,
});
const voted = (voter: string) => ({
  type: 'memory.voted',
  data: { voter, task: null, value: 'HELPFUL', context: null, own: false },
});
const started = {
  type: 'session.started',
  data: { agent: 'ann', title: null, user: null, namespace: 'default', total: null, items: ['parse', 'load'] },
};

/** Nine memories, three of them voted on, one forgotten, one expired, and a session. */
async function fill({ log, views }: World): Promise<void> {
  for (let n = 1; n <= 9; n++) await append(log, memoryStream(`m${n}`), recorded({ content: `note ${n}` }));
  for (const id of ['m1', 'm3', 'm5']) await append(log, memoryStream(id), voted('bob'), voted('cid'));
  await append(log, memoryStream('m5'), { type: 'memory.forgotten', data: { reason: null } });
  await append(log, memoryStream('m9x'), recorded({ expiresAt: minute(1) }));
  await append(log, streamName('session', TENANT, 's1'), started);
  await catchUp(log, views);
}

test('what is served is what the log makes', async () => {
  const world = await aWorld();
  await fill(world);
  const result = await verify({ ...world, clock }, [TENANT]);
  expect(result).toMatchObject({ matches: true, firstDifference: null, documents: 13, events: 18 });
  expect(result.position).toBe(await world.log.head());
  expect(result.replayed).toBe(result.served);
  expect(result.replayed).toMatch(/^[0-9a-f]{64}$/);
});

test('nothing is the same as nothing', async () => {
  const world = await aWorld();
  expect(await verify({ ...world, clock }, [TENANT])).toMatchObject({ matches: true, documents: 0, events: 0 });
});

test('the hash is of the state: another log with the same events has the same, however it is read', async () => {
  const [one, other] = [await aWorld(), await aWorld()];
  await append(other.log, streamName('memory', 'theirs', 'm0'), recorded());
  for (const world of [one, other]) await fill(world);
  const { replayed } = await verify({ ...one, clock }, [TENANT]);
  expect((await verify({ ...other, clock }, [TENANT])).replayed).toBe(replayed);
  const settings = [
    { room: 1, pageSize: 1 },
    { room: 1_500, pageSize: 2 },
    { room: 3_000, pageSize: 100 },
  ];
  for (const setting of settings)
    expect(await verify({ ...one, clock }, [TENANT], setting)).toMatchObject({
      matches: true,
      replayed,
      documents: 13,
      events: 18,
    });
  await append(one.log, memoryStream('m1'), voted('dan'));
  await catchUp(one.log, one.views);
  expect((await verify({ ...one, clock }, [TENANT])).replayed).not.toBe(replayed);
});

describe('a difference is named by document, field and the event that last touched it', () => {
  const positionOf = async (log: EventLog, stream: string, revision: number) =>
    (await log.readStream(stream))[revision]?.position;
  const keyOf = (id: string) => JSON.stringify([TENANT, id]);

  test('a field of a memory', async () => {
    const world = await aWorld();
    await fill(world);
    await append(world.log, memoryStream('m2'), { type: 'memory.revised', data: { content: 'better' } }, voted('bob'));
    await append(world.log, memoryStream('m2'), {
      type: 'memory.deprecated',
      data: { reason: null, supersededBy: null },
    });
    await catchUp(world.log, world.views);
    const kept = world.storage.memory.get(keyOf('m2'));
    if (kept) kept.document.content = 'forged';
    const { matches, replayed, served, firstDifference } = await verify({ ...world, clock }, [TENANT]);
    expect([matches, replayed === served]).toEqual([false, false]);
    expect(firstDifference).toEqual({
      tenant: TENANT,
      kind: 'memory',
      id: 'm2',
      problem: 'different',
      field: 'content',
      event: { position: await positionOf(world.log, memoryStream('m2'), 1), type: 'memory.revised' },
    });
  });

  test('a field deep in a session', async () => {
    const world = await aWorld();
    await fill(world);
    const item = world.storage.session.get(keyOf('s1'))?.document.items[1];
    if (item) item.status = 'COMPLETED';
    const { firstDifference } = await verify({ ...world, clock }, [TENANT]);
    expect(firstDifference).toMatchObject({ kind: 'session', id: 's1', field: 'items.1.status' });
    expect(firstDifference?.event?.type).toBe('session.started');
  });

  test('a document that is not served, one that nobody recorded, and a forgotten one that is there', async () => {
    const world = await aWorld();
    await fill(world);
    const votes = world.storage.votes.get(keyOf('m1'));
    world.storage.votes.delete(keyOf('m1'));
    expect((await verify({ ...world, clock }, [TENANT])).firstDifference).toMatchObject({
      kind: 'votes',
      id: 'm1',
      problem: 'missing',
      field: null,
      event: { type: 'memory.voted', position: await positionOf(world.log, memoryStream('m1'), 2) },
    });
    if (votes) world.storage.votes.set(keyOf('m1'), votes);
    const kept = world.storage.memory.get(keyOf('m1'));
    if (kept) world.storage.memory.set(keyOf('m0'), { ...kept, document: { ...kept.document, id: 'm0' } });
    expect((await verify({ ...world, clock }, [TENANT])).firstDifference).toMatchObject({
      kind: 'memory',
      id: 'm0',
      problem: 'extra',
      event: null,
    });
    world.storage.memory.delete(keyOf('m0'));
    const forgotten = world.storage.memory.get(keyOf('m5'));
    if (forgotten) forgotten.document.forgotten = false;
    expect((await verify({ ...world, clock }, [TENANT])).firstDifference).toMatchObject({ kind: 'memory', id: 'm5' });
  });

  test("no value is named, and nothing of another tenant's", async () => {
    const world = await aWorld();
    await fill(world);
    await append(world.log, streamName('memory', 'other', 'm1'), recorded({ content: 'theirs' }));
    await catchUp(world.log, world.views);
    const kept = world.storage.memory.get(JSON.stringify(['other', 'm1']));
    if (kept) kept.document.content = 'forged';
    expect(await verify({ ...world, clock }, [TENANT])).toMatchObject({ matches: true, documents: 13 });
    const all = await verify({ ...world, clock }, [TENANT, 'other']);
    expect(all).toMatchObject({ matches: false, documents: 14, firstDifference: { tenant: 'other', id: 'm1' } });
    expect(JSON.stringify(all)).not.toMatch(/forged|theirs/);
  });
});

test('an event that cannot be read is named, and all else is compared, without it and what follows it in its stream', async () => {
  const world = await aWorld();
  await fill(world);
  const wrong = { type: 'memory.revised', data: { content: 7 } };
  const written = await append(world.log, memoryStream('m2'), wrong, voted('bob'));
  await append(world.log, memoryStream('m4'), voted('bob'));
  await catchUp(world.log, world.views);
  const [, unreadable] = await world.log.readStream(memoryStream('m2'));
  const expected = {
    matches: false,
    documents: 14,
    firstDifference: {
      tenant: TENANT,
      kind: 'memory',
      id: 'm2',
      problem: 'unreadable',
      field: null,
      event: { position: unreadable?.position, type: 'memory.revised' },
    },
  };
  expect(written.ok).toBe(true);
  const result = await verify({ ...world, clock }, [TENANT]);
  expect(result).toMatchObject(expected);
  expect(result.replayed).toBe(result.served);
  expect(await verify({ ...world, clock }, [TENANT], { room: 1_500, pageSize: 2 })).toMatchObject(expected);
});

test('views that move on meanwhile are compared as each page of them stands', async () => {
  const world = await aWorld();
  await fill(world);
  let n = 0;
  const moving: Pick<ViewStore, 'scan'> = {
    async scan(query) {
      const id = `m${(n++ % 9) + 1}`;
      if (id !== 'm5')
        await append(world.log, memoryStream(id), voted(`voter-${n}`), recorded({ content: `note ${n}` }));
      await append(world.log, memoryStream(`m${n}y`), recorded());
      await catchUp(world.log, world.views);
      return world.views.scan(query);
    },
  };
  for (const room of [1, 1_000_000])
    expect(await verify({ log: world.log, views: moving, clock }, [TENANT], { pageSize: 2, room })).toMatchObject({
      matches: true,
      firstDifference: null,
    });
});

test('views that are behind are compared with the log up to where they are', async () => {
  const world = await aWorld();
  await fill(world);
  const position = await world.log.head();
  await append(world.log, memoryStream('later'), recorded());
  expect(await verify({ ...world, clock }, [TENANT])).toMatchObject({ matches: true, position });
});

test('the embedded views of any history are what its log makes, swept ones too', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(aTenantsHistory, async (history) => {
      const log = openMemoryLog();
      const folder = await temporaryFolder();
      const views = await openIn(folder.path);
      try {
        for (const { stream, event } of history) await log.append([{ stream, expected: 'any', events: [event] }]);
        await catchUp(log, views);
        const before = await verify({ log, views, clock }, [TENANT]);
        expect(before).toMatchObject({ matches: true, firstDifference: null });
        await views.sweep(NOW);
        expect(await verify({ log, views, clock }, [TENANT], { room: 500, pageSize: 3 })).toEqual(before);
      } finally {
        await views.close();
        await folder.remove();
      }
    }),
    { numRuns: 12 },
  ),
);
