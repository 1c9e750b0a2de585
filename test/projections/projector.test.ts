import { expect, test, vi } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { anEvent, at, memoryStream, minute, NOW, operator, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { naiveStorage } from '../support/naive-views.ts';
import { append, ids, MINUTE, naive, projectors, record, vote } from './stage.ts';

const projectorOf = projectors();

test('it catches up with what was in the log before', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  for (let n = 0; n < 7; n++) await record(log, `m${n}`);
  const head = await vote(log, 'm0', 'bob');
  const projector = projectorOf(log, views, { pageSize: 3 });
  expect(projector.position()).toBeNull();
  expect(projector.caughtUp()).toBe(false);
  await projector.start();
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  expect(await ids(views)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  expect(await views.get(operator, ['m0'], NOW)).toMatchObject([{ votes: { revision: 1, votes: [{ voter: 'bob' }] } }]);
  await vi.waitFor(() => expect(projector.caughtUp()).toBe(true));
  expect(projector.position()).toBe(head);
});

test('it applies as many events at once as the views say is best', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  for (let n = 0; n < 7; n++) await record(log, `m${n}`);
  const applied: number[] = [];
  const projector = projectorOf(log, {
    ...views,
    pageSize: 3,
    async apply(changes, ...rest) {
      applied.push(changes.length);
      await views.apply(changes, ...rest);
    },
  });
  await projector.start();
  expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
  expect(applied).toEqual([3, 3, 1]);
});

test('it follows the log', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  const projector = projectorOf(log, views);
  await projector.start();
  for (let n = 0; n < 5; n++) {
    expect(await projector.waitFor(await record(log, `m${n}`), MINUTE)).toBe(true);
    expect(await ids(views)).toHaveLength(n + 1);
  }
});

test('an append while a page is read is not overlooked', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  const inRead = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow: EventLog = {
    ...log,
    async read(options) {
      const page = await log.read(options);
      inRead.resolve();
      await goOn.promise;
      return page;
    },
  };
  const projector = projectorOf(slow, views);
  await projector.start();
  await inRead.promise;
  const head = await record(log, 'm1');
  goOn.resolve();
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
});

test('the checkpoint also moves over what is not of a memory', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  await record(log, 'm1');
  const head = await append(log, streamName('team', TENANT, 'red'), { type: 'team.joined', data: { agents: ['ann'] } });
  const projector = projectorOf(log, views);
  await projector.start();
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  expect(await views.checkpoint()).toBe(head);
  const next = await append(log, streamName('team', TENANT, 'red'), { type: 'team.left', data: { agents: ['ann'] } });
  expect(await projector.waitFor(next, MINUTE)).toBe(true);
  expect(projector.skipped()).toEqual({});
});

test('waiting ends with false when the time is over', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  const projector = projectorOf(log, views);
  await projector.start();
  expect(await projector.waitFor(at(9), 1)).toBe(false);
});

test('waiting ends with false when it stops', async () => {
  const projector = projectorOf(openMemoryLog(), naive());
  await projector.start();
  const waiting = projector.waitFor(at(9), MINUTE);
  await projector.stop();
  expect(await waiting).toBe(false);
  expect(await projector.waitFor(at(9), MINUTE)).toBe(false);
});

test('more than ten thousand do not wait at once', async () => {
  const projector = projectorOf(openMemoryLog(), naive());
  const waiting = Array.from({ length: 10_000 }, () => projector.waitFor(at(9), MINUTE));
  expect(await projector.waitFor(at(9), MINUTE)).toBe(false);
  await projector.stop();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([false]));
});

test('a type it does not know is passed over and counted', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  await record(log, 'm1');
  await append(log, memoryStream('m1'), { type: 'memory.dreamt', data: {} }, { type: 'memory.dreamt', data: {} });
  const newer = anEvent({ type: 'memory.revised', data: { content: 'x' } }, { schema: 99 });
  await log.append([{ stream: memoryStream('m1'), expected: 'any', events: [newer] }]);
  const head = await append(log, memoryStream('m1'), { type: 'memory.revised', data: { content: 'After' } });
  const projector = projectorOf(log, views);
  await projector.start();
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  expect(projector.skipped()).toEqual({ 'memory.dreamt': 2, 'memory.revised': 1 });
  expect(await views.get(operator, ['m1'], NOW)).toMatchObject([{ memory: { content: 'After', revision: 4 } }]);
});

test('while the views fail it stands still, says why, and then goes on without a gap or a double', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  let failing = true;
  const applied: string[] = [];
  const flaky: ViewStore = {
    ...views,
    async apply(changes, checkpoint, parking) {
      if (failing) throw failure('UNAVAILABLE', 'the disk is full');
      applied.push(...changes.map(({ position }) => position));
      await views.apply(changes, checkpoint, parking);
    },
  };
  for (let n = 0; n < 5; n++) await record(log, `m${n}`);
  await append(log, memoryStream('m0'), { type: 'memory.dreamt', data: {} });
  const projector = projectorOf(log, flaky, { pageSize: 2 });
  await projector.start();
  await vi.waitFor(() => expect(projector.failure()).toBe('the views cannot be written: the disk is full'));
  expect(projector.caughtUp()).toBe(false);
  const head = await vote(log, 'm4', 'bob');
  failing = false;
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  await vi.waitFor(() => expect(projector.failure()).toBeNull());
  expect(await ids(views)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  expect(applied).toEqual([...new Set(applied)].sort());
  expect(applied).toHaveLength(6);
  expect(projector.skipped()).toEqual({ 'memory.dreamt': 1 });
});

test('an acknowledgement that is lost doubles nothing', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  let lose = 2;
  const lossy: ViewStore = {
    ...views,
    async apply(changes, checkpoint, parking) {
      await views.apply(changes, checkpoint, parking);
      if (lose-- > 0) throw new Error('connection reset');
    },
  };
  await record(log, 'm1');
  await vote(log, 'm1', 'bob');
  const head = await vote(log, 'm1', 'cid');
  const projector = projectorOf(log, lossy, { pageSize: 1 });
  await projector.start();
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  expect(await views.get(operator, ['m1'], NOW)).toMatchObject([
    { votes: { votes: [{ voter: 'cid' }, { voter: 'bob' }] } },
  ]);
});

test('what failed unexpectedly is not shown', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  const projector = projectorOf({ ...log, read: () => Promise.reject(new Error('secret words of a memory')) }, views);
  await projector.start();
  await vi.waitFor(() => expect(projector.failure()).toMatch(/^the event log cannot be read: /));
  expect(projector.failure()).not.toContain('secret');
});

test('views that lost what they were told are made good from their checkpoint', async () => {
  const log = openMemoryLog();
  let views = naive();
  const replaceable: ViewStore = {
    ...views,
    load: (keys) => views.load(keys),
    apply: (changes, checkpoint, parking) => views.apply(changes, checkpoint, parking),
    checkpoint: () => views.checkpoint(),
    refresh: () => views.refresh(),
    parked: () => views.parked(),
  };
  const projector = projectorOf(log, replaceable);
  await projector.start();
  expect(await projector.waitFor(await record(log, 'm1'), MINUTE)).toBe(true);
  views = naive();
  const fresh = views;
  const { apply } = fresh;
  let told = false;
  fresh.apply = async (...batch) => {
    if (!told) {
      told = true;
      throw failure('UNAVAILABLE', 'the views were begun anew');
    }
    await apply(...batch);
  };
  expect(await projector.waitFor(await record(log, 'm2'), MINUTE)).toBe(true);
  expect(await ids(fresh)).toEqual(['m1', 'm2']);
});

test('stopped in the middle it finishes the page in work, and another goes on from there', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  for (let n = 0; n < 9; n++) await record(log, `m${n}`);
  const inApply = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow: ViewStore = {
    ...views,
    async apply(changes, checkpoint, parking) {
      inApply.resolve();
      await goOn.promise;
      await views.apply(changes, checkpoint, parking);
    },
  };
  const first = projectorOf(log, slow, { pageSize: 4 });
  await first.start();
  await inApply.promise;
  const stopped = first.stop();
  goOn.resolve();
  await stopped;
  expect(await ids(views)).toHaveLength(4);
  expect(await views.checkpoint()).toBe(first.position());
  const second = projectorOf(log, views, { pageSize: 4 });
  await second.start();
  expect(await second.waitFor(await log.head(), MINUTE)).toBe(true);
  expect(await ids(views)).toHaveLength(9);
});

test('it can be stopped while it waits to try again, and before it was started', async () => {
  const log = { ...openMemoryLog(), read: () => Promise.reject(new Error('down')) };
  const projector = projectorOf(log, naive(), { firstDelay: MINUTE, longestDelay: MINUTE });
  await projector.start();
  await vi.waitFor(() => expect(projector.failure()).not.toBeNull());
  await projector.stop();
  await projectorOf(log, naive()).stop();
});

test('views of another log are made anew, if it can', async () => {
  const storage = naiveStorage();
  const views = naive(storage);
  const [other, log] = [openMemoryLog(), openMemoryLog()];
  await record(other, 'theirs');
  const before = projectorOf(other, views);
  await before.start();
  await before.waitFor(await other.head(), MINUTE);
  await before.stop();

  await record(log, 'm1');
  const standing = projectorOf(log, views);
  await standing.start();
  await vi.waitFor(() =>
    expect(standing.failure()).toBe('the views were made from another event log: they must be made anew'),
  );
  await standing.stop();
  expect(await ids(views)).toEqual(['theirs']);

  const reset = async () => void Object.assign(storage, naiveStorage());
  const projector = projectorOf(log, naive(storage), { reset });
  await projector.start();
  expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
  expect(await ids(naive(storage))).toEqual(['m1']);
});

test('a long catch-up tells how far it is', async () => {
  const log = openMemoryLog();
  for (let n = 0; n < 10; n++) await record(log, `m${n}`);
  const seen: [number, number][] = [];
  const projector = projectorOf(log, naive(), { pageSize: 4, onProgress: (...step) => void seen.push(step) });
  await projector.start();
  await projector.waitFor(await log.head(), MINUTE);
  await projector.waitFor(await record(log, 'later'), MINUTE);
  expect(seen).toEqual([
    [4, 10],
    [8, 10],
    [10, 10],
  ]);
});

test('the lag is what the views do not have, and how old the oldest of it is', async () => {
  const log = openMemoryLog();
  await record(log, 'm1');
  await record(log, 'm2');
  await append(log, streamName('team', TENANT, 'red'), { type: 'team.joined', data: { agents: ['ann'] } });
  const projector = projectorOf(log, naive(), { clock: () => new Date(minute(2)) });
  expect(await projector.lag()).toEqual({ events: 2, seconds: 120 });
  await projector.start();
  await projector.waitFor(await log.head(), MINUTE);
  expect(await projector.lag()).toEqual({ events: 0, seconds: 0 });
});
