// Several servers with the same views: one projects, all know how far the views are, and another takes over.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { memoryStream, NOW, operator } from '../support/fixtures.ts';
import { memoryStorage, openMemoryLog } from '../support/memory-log.ts';
import { naiveStorage } from '../support/naive-views.ts';
import { leased, sharedLease, type Written } from './lease.ts';
import { isPoison, rejecting } from './rejecting.ts';
import { askRetry, ids, MINUTE, naive, projectors, record, revise, vote } from './stage.ts';

const projectorOf = projectors();

/** Two servers, on one log and the same views. */
function twoServers() {
  const [storage, kept, lease] = [memoryStorage(), naiveStorage(), sharedLease()];
  const written: Written[] = [];
  const server = (name: string) => {
    const [log, views] = [openMemoryLog(storage), leased(naive(kept), lease, name, written)];
    return { log, views, projector: projectorOf(log, views) };
  };
  return { one: server('one'), two: server('two'), lease, written, server };
}

const positionsOf = (written: readonly Written[]) => written.map(({ change }) => change.position);
const expectOnceEach = (written: readonly Written[]) =>
  expect(positionsOf(written)).toEqual([...new Set(positionsOf(written))].sort());

test('one projects; on both a reader waits until the views have what was written on either', async () => {
  const { one, two, written } = twoServers();
  await one.projector.start();
  await vi.waitFor(() => expect(one.projector.leads()).toBe(true));
  await two.projector.start();
  for (const [n, { log }] of [one, two, one, two].entries()) {
    const position = await record(log, `m${n}`);
    expect(await Promise.all([one, two].map(({ projector }) => projector.waitFor(position, MINUTE)))).toEqual([
      true,
      true,
    ]);
    expect(two.projector.position()).toBe(position);
  }
  expect(two.projector.leads()).toBe(false);
  expect(new Set(written.map(({ by }) => by))).toEqual(new Set(['one']));
  await vi.waitFor(() => expect(two.projector.caughtUp()).toBe(true), { timeout: MINUTE });
  expect(await two.projector.lag()).toEqual({ events: 0, seconds: 0 });
  expect(two.projector.failure()).toBeNull();
});

test('when the one that projects stops, the other takes its place, with nothing lost and nothing applied twice', async () => {
  const { one, two, lease, written } = twoServers();
  await one.projector.start();
  await vi.waitFor(() => expect(one.projector.leads()).toBe(true));
  await two.projector.start();
  for (let n = 0; n < 20; n++) await record(two.log, `m${n}`);
  const stopped = one.projector.stop();
  for (let n = 20; n < 40; n++) await record(two.log, `m${n}`);
  await stopped;
  expect(one.projector.leads()).toBe(false);
  expect(await two.projector.waitFor(await two.log.head(), MINUTE)).toBe(true);
  expect(two.projector.leads()).toBe(true);
  expect(lease.holder()).toBe('two');
  expect(await ids(two.views)).toHaveLength(40);
  expectOnceEach(written);
});

test('one that hangs in the middle of a page is fenced, and what it had not written the other writes', async () => {
  const { two, lease, written, server } = twoServers();
  const slow = server('slow');
  const [inApply, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { apply } = slow.views;
  slow.views.apply = async (...batch) => {
    inApply.resolve();
    await goOn.promise;
    await apply(...batch);
  };
  for (let n = 0; n < 5; n++) await record(slow.log, `m${n}`);
  await slow.projector.start();
  await inApply.promise;
  await two.projector.start();
  lease.lapse();
  await lease.for('two').hold();
  const head = await vote(two.log, 'm1', 'bob');
  expect(await two.projector.waitFor(head, MINUTE)).toBe(true);
  goOn.resolve();
  expect(await slow.projector.waitFor(await record(two.log, 'm5'), MINUTE)).toBe(true);
  await vi.waitFor(() => expect(slow.projector.leads()).toBe(false));
  expect(new Set(written.map(({ by }) => by))).toEqual(new Set(['two']));
  expectOnceEach(written);
  expect(await ids(two.views)).toHaveLength(6);
});

test('however the lease goes to and fro, nothing is lost and nothing is applied twice', { timeout: MINUTE }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('write', 'write', 'lapse', 'wait'), { maxLength: 30 }), async (steps) => {
      const { one, two, lease, written } = twoServers();
      await Promise.all([one.projector.start(), two.projector.start()]);
      let count = 0;
      for (const step of steps) {
        if (step === 'write') await record(one.log, `m${count++}`);
        if (step === 'lapse') lease.lapse();
        if (step === 'wait') expect(await two.projector.waitFor(await two.log.head(), MINUTE)).toBe(true);
      }
      await record(one.log, `m${count++}`);
      const head = await one.log.head();
      for (const { projector } of [one, two]) expect(await projector.waitFor(head, MINUTE)).toBe(true);
      expect(await ids(one.views)).toHaveLength(count);
      expectOnceEach(written);
      await Promise.all([one.projector.stop(), two.projector.stop()]);
      expect(lease.holder()).toBeNull();
    }),
    { numRuns: 20 },
  ),
);

test('the lease is renewed while a page takes long, and not any more from the moment it is to stop', async () => {
  const { one, two } = twoServers();
  const [inApply, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { apply } = one.views;
  one.views.apply = async (...batch) => {
    inApply.resolve();
    await goOn.promise;
    await apply(...batch);
  };
  await record(one.log, 'm1');
  await one.projector.start();
  await inApply.promise;
  const { asked } = one.views.lease;
  const before = asked();
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(before + 2));
  await two.projector.start();
  const stopped = one.projector.stop();
  const atStop = asked();
  // The other server's clock tells that time has passed.
  await vi.waitFor(() => expect(two.views.lease.asked()).toBeGreaterThan(5));
  expect(asked()).toBe(atStop);
  goOn.resolve();
  await stopped;
  expect(await ids(one.views)).toEqual(['m1']);
});

test('nobody can tell who projects: it says so when the views say nothing, and goes on by itself', async () => {
  const { one } = twoServers();
  let away = true;
  const { hold } = one.views.lease;
  const { checkpoint } = one.views;
  const orAway = <T>(work: () => Promise<T>) =>
    away ? Promise.reject(failure('UNAVAILABLE', 'the views are away')) : work();
  one.views.lease.hold = () => orAway(hold);
  one.views.checkpoint = () => orAway(checkpoint);
  await one.projector.start();
  await vi.waitFor(() =>
    expect(one.projector.failure()).toBe('the views cannot tell how far they are: the views are away'),
  );
  const head = await record(one.log, 'm1');
  expect(await one.projector.waitFor(head, 1)).toBe(false);
  away = false;
  expect(await one.projector.waitFor(head, MINUTE)).toBe(true);
  expect(one.projector.failure()).toBeNull();
});

test('a server that follows says when the views do not get on', async () => {
  const [storage, kept, lease] = [memoryStorage(), naiveStorage(), sharedLease()];
  const log = openMemoryLog(storage);
  await lease.for('one that hangs').hold();
  const projector = projectorOf(log, leased(naive(kept), lease, 'two'), { patience: 5 });
  await projector.start();
  const head = await record(log, 'm1');
  const waiting = projector.waitFor(head, MINUTE);
  await vi.waitFor(() => expect(projector.failure()).toMatch(/do not get on/), { timeout: MINUTE });
  lease.lapse();
  expect(await waiting).toBe(true);
  await vi.waitFor(() => expect(projector.failure()).toBeNull());
});

test('what is asked on any server is tried again by the one that projects, and a new one knows what is parked', async () => {
  const [storage, kept, lease] = [memoryStorage(), naiveStorage(), sharedLease()];
  const log = openMemoryLog(storage);
  const views = rejecting(naive(kept), isPoison);
  const [one, two] = ['one', 'two'].map((name) => projectorOf(log, leased(views, lease, name)));
  await one?.start();
  await vi.waitFor(() => expect(one?.leads()).toBe(true));
  await two?.start();
  await record(log, 'm1', 'poison');
  await two?.waitFor(await revise(log, 'm1', 'poison still'), MINUTE);
  expect(await views.parked()).toMatchObject([{ stream: memoryStream('m1'), events: 2 }]);
  await one?.stop();
  expect(await two?.waitFor(await vote(log, 'm1', 'bob'), MINUTE)).toBe(true);
  expect(await views.parked()).toMatchObject([{ stream: memoryStream('m1'), events: 3 }]);
  views.heal();
  expect(await two?.waitFor(await askRetry(log), MINUTE)).toBe(true);
  expect(await views.get(operator, ['m1'], NOW)).toMatchObject([{ memory: { content: 'poison still' } }]);
});

test('waiting is for reads, not for what was written: a refresh comes first', async () => {
  const log = openMemoryLog();
  const views: ViewStore = naive();
  const gate = Promise.withResolvers<void>();
  let refreshes = 0;
  const { refresh } = views;
  views.refresh = async () => {
    refreshes++;
    await gate.promise;
    return refresh();
  };
  const projector = projectorOf(log, views);
  await projector.start();
  const head = await record(log, 'm1');
  await vi.waitFor(() => expect(projector.position()).toBe(head));
  const waiting = Promise.all(Array.from({ length: 50 }, () => projector.waitFor(head, MINUTE)));
  expect(await projector.waitFor(head, 1)).toBe(false);
  gate.resolve();
  expect(new Set(await waiting)).toEqual(new Set([true]));
  expect(refreshes).toBe(1);
  expect(await projector.waitFor(head, 0)).toBe(true);
  expect(refreshes).toBe(1);
});

test('a refresh that fails is tried again while somebody waits', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  let failing = 2;
  const { refresh } = views;
  views.refresh = async () => {
    if (failing-- > 0) throw failure('UNAVAILABLE', 'away');
    return refresh();
  };
  const projector = projectorOf(log, views);
  await projector.start();
  expect(await projector.waitFor(await record(log, 'm1'), MINUTE)).toBe(true);
});
