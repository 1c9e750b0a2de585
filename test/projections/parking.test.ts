// What cannot be projected: it is parked with what follows it in its stream, and all else goes on.
import { describe, expect, test, vi } from 'vitest';
import type { DocumentKey, ViewStore } from '../../src/views/view-store.ts';
import { type MakeViews, SIGNATURE } from '../conformance/view-store/harness.ts';
import { anEvent, memoryStream, minute, NOW, operator, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { makeEmbedded } from '../views/open.ts';
import { isPoison, rejecting } from './rejecting.ts';
import { askRetry, forget, ids, MINUTE, naive, projectors, record, revise, share, vote } from './stage.ts';

const projectorOf = projectors();

const clock = () => new Date(minute(5));

const contentOf = async (views: ViewStore, id: string) =>
  (await views.get(operator, [id], NOW))[0]?.memory.content ?? null;

/** Of a type that is known, and not as it should be. */
const malformed = (type: string) => anEvent({ type, data: { content: 7, scope: 7 } });

const makeNaive: MakeViews = async () => ({ store: naive(), reopen: null, cleanup: async () => {} });

describe.each<[string, MakeViews]>([
  ['naive', makeNaive],
  ['embedded', makeEmbedded],
])('a poison event (%s)', (_, make) => {
  const onViews = (title: string, work: (views: ViewStore) => Promise<void>) =>
    test(title, async () => {
      const { store, cleanup } = await make(SIGNATURE);
      try {
        await work(store);
      } finally {
        await cleanup();
      }
    });

  onViews('is parked with its later ones of the same stream, and all others go on', async (store) => {
    const [log, views] = [openMemoryLog(), rejecting(store, isPoison)];
    await record(log, 'm1');
    await record(log, 'm2');
    const poisoned = await revise(log, 'm1', 'poison');
    await vote(log, 'm1', 'bob');
    await revise(log, 'm2', 'second');
    const projector = projectorOf(log, views, { clock });
    await projector.start();
    expect(await projector.waitFor(await vote(log, 'm1', 'cid'), MINUTE)).toBe(true);
    expect(await projector.waitFor(await record(log, 'm3'), MINUTE)).toBe(true);
    expect(await contentOf(views, 'm1')).toBe('m1');
    expect(await contentOf(views, 'm2')).toBe('second');
    expect(await ids(views)).toEqual(['m1', 'm2', 'm3']);
    expect(await views.parked()).toEqual([
      {
        stream: memoryStream('m1'),
        position: poisoned,
        type: 'memory.revised',
        reason: 'the field “content” is too long',
        events: 3,
        since: minute(5),
      },
    ]);
    expect(projector.failure()).toBeNull();
  });

  onViews('that is the first of all is parked as well', async (store) => {
    const [log, views] = [openMemoryLog(), rejecting(store, isPoison)];
    await record(log, 'm1', 'poison');
    const head = await record(log, 'm2');
    const projector = projectorOf(log, views);
    await projector.start();
    expect(await projector.waitFor(head, MINUTE)).toBe(true);
    expect(await ids(views)).toEqual(['m2']);
    expect(await views.parked()).toMatchObject([{ stream: memoryStream('m1'), events: 1 }]);
  });

  onViews('whose data is not as its type promises is parked', async (store) => {
    const log = openMemoryLog();
    await record(log, 'm1');
    const event = malformed('memory.revised');
    await log.append([{ stream: memoryStream('m1'), expected: 'any', events: [event] }]);
    await revise(log, 'm1', 'later');
    const head = await record(log, 'm2');
    const projector = projectorOf(log, store);
    await projector.start();
    expect(await projector.waitFor(head, MINUTE)).toBe(true);
    expect(await contentOf(store, 'm1')).toBe('m1');
    expect(await store.parked()).toMatchObject([{ stream: memoryStream('m1'), type: 'memory.revised', events: 2 }]);
    expect((await store.parked())[0]?.reason).toMatch(/is not a whole memory.revised: content$/);
  });

  onViews('is tried again when it is asked for, and then nothing is left out', async (store) => {
    const [log, views] = [openMemoryLog(), rejecting(store, isPoison)];
    for (const id of ['m1', 'm2']) {
      await record(log, id);
      await revise(log, id, 'poison');
      await vote(log, id, 'bob');
    }
    const projector = projectorOf(log, views);
    await projector.start();
    expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
    expect(await views.parked()).toHaveLength(2);

    views.heal();
    expect(await projector.waitFor(await askRetry(log, memoryStream('m2')), MINUTE)).toBe(true);
    expect(await views.parked()).toMatchObject([{ stream: memoryStream('m1') }]);
    expect(await contentOf(views, 'm2')).toBe('poison');

    expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
    expect(await views.parked()).toEqual([]);
    expect(await views.get(operator, ['m1'], NOW)).toMatchObject([
      { memory: { content: 'poison', revision: 1 }, votes: { revision: 2, votes: [{ voter: 'bob' }] } },
    ]);
    expect(await projector.waitFor(await revise(log, 'm1', 'after'), MINUTE)).toBe(true);
    expect(await contentOf(views, 'm1')).toBe('after');
  });

  onViews('stays parked for the projector that comes after', async (store) => {
    const [log, views] = [openMemoryLog(), rejecting(store, isPoison)];
    await record(log, 'm1', 'poison');
    const before = projectorOf(log, views);
    await before.start();
    await before.waitFor(await log.head(), MINUTE);
    await before.stop();
    views.heal();
    const projector = projectorOf(log, views);
    await projector.start();
    expect(await projector.waitFor(await revise(log, 'm1', 'harmless'), MINUTE)).toBe(true);
    expect(await views.parked()).toMatchObject([{ events: 2 }]);
    expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
    expect(await contentOf(views, 'm1')).toBe('harmless');
  });
});

test('what a retry gets through is applied, and the rest stays parked from there', async () => {
  const [log, store] = [openMemoryLog(), naive()];
  let taken = 'first';
  const views = rejecting(store, ({ document }) => 'content' in document && !document.content.startsWith(taken));
  await record(log, 'm1', 'first');
  await revise(log, 'm1', 'second');
  const third = await revise(log, 'm1', 'third');
  await vote(log, 'm1', 'bob');
  const projector = projectorOf(log, views);
  await projector.start();
  expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
  expect(await views.parked()).toMatchObject([{ events: 3 }]);
  taken = 'second';
  expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
  expect(await contentOf(views, 'm1')).toBe('second');
  expect(await views.parked()).toMatchObject([{ position: third, events: 2 }]);
});

test('what was poison on the way is none when the store takes what came of it', async () => {
  const log = openMemoryLog();
  const views = rejecting(naive(), isPoison);
  await record(log, 'm1', 'poison');
  const projector = projectorOf(log, views);
  await projector.start();
  await projector.waitFor(await log.head(), MINUTE);
  await revise(log, 'm1', 'harmless');
  expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
  expect(await views.parked()).toEqual([]);
  expect(await contentOf(views, 'm1')).toBe('harmless');
});

test('a projection that fails unexpectedly parks its stream, and nobody is told with what words', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  const broken = {
    get revision(): number {
      throw new Error('secret words of a memory');
    },
  };
  const isBroken = ({ kind, id }: DocumentKey) => kind === 'memory' && id === 'm1';
  const load: ViewStore['load'] = async (keys) => {
    const documents = await views.load(keys);
    return documents.map((document, index) => (keys[index] && isBroken(keys[index]) ? (broken as never) : document));
  };
  const warn = vi.fn();
  const recorded = await record(log, 'm1');
  const projector = projectorOf(log, { ...views, load }, { logger: { warn, info() {} } });
  await projector.start();
  expect(await projector.waitFor(recorded, MINUTE)).toBe(true);
  await revise(log, 'm1', 'better');
  const head = await record(log, 'm2');
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  const documents = await views.load(['m1', 'm2'].map((id) => ({ kind: 'memory', tenant: TENANT, id })));
  expect(documents).toMatchObject([{ content: 'm1' }, { content: 'm2' }]);
  const parked = await views.parked();
  expect(parked).toMatchObject([{ stream: memoryStream('m1'), reason: expect.stringContaining('in the server log') }]);
  expect(JSON.stringify([parked, warn.mock.calls])).not.toContain('secret');
  expect(JSON.stringify(warn.mock.calls)).toContain('parking.test.ts');
});

describe('an event about rights or erasure', () => {
  test('in a stream that is parked halts the projections until it can be applied', async () => {
    const [log, views] = [openMemoryLog(), rejecting(naive(), isPoison)];
    await record(log, 'm1');
    await revise(log, 'm1', 'poison');
    await share(log, 'm1');
    const head = await record(log, 'm2');
    const projector = projectorOf(log, views);
    await projector.start();
    await vi.waitFor(() =>
      expect(projector.failure()).toBe(
        'the projections halt at a memory.shared, which cannot be applied and must not be left out: ' +
          'the field “content” is too long',
      ),
    );
    expect(projector.caughtUp()).toBe(false);
    expect(await ids(views)).toEqual(['m1']);
    expect(await views.parked()).toMatchObject([{ type: 'memory.revised', events: 1 }]);
    views.heal();
    expect(await projector.waitFor(head, MINUTE)).toBe(true);
    expect(await ids(views)).toEqual(['m1', 'm2']);
    expect(await views.get(operator, ['m1'], NOW)).toMatchObject([
      { memory: { content: 'poison', scope: 'AGENT_PRIVATE', revision: 2 } },
    ]);
    expect(await views.parked()).toEqual([]);
    await vi.waitFor(() => expect(projector.failure()).toBeNull());
  });

  test('is waited for as well when it is at fault itself', async () => {
    const log = openMemoryLog();
    const views = rejecting(naive(), ({ document }) => 'scope' in document && document.scope === 'AGENT_PRIVATE');
    await record(log, 'm1');
    await share(log, 'm1');
    const head = await revise(log, 'm1', 'later');
    const projector = projectorOf(log, views);
    await projector.start();
    await vi.waitFor(() => expect(projector.failure()).toMatch(/halt at a memory.shared/));
    expect(await views.parked()).toEqual([]);
    views.heal();
    expect(await projector.waitFor(head, MINUTE)).toBe(true);
    expect(await views.load([{ kind: 'memory', tenant: TENANT, id: 'm1' }])).toMatchObject([
      { scope: 'AGENT_PRIVATE', content: 'later' },
    ]);
  });

  test('that cannot be read is not passed over either', async () => {
    const [log, views] = [openMemoryLog(), naive()];
    await record(log, 'm1');
    const event = malformed('memory.shared');
    await log.append([{ stream: memoryStream('m1'), expected: 'any', events: [event] }]);
    await record(log, 'm2');
    const projector = projectorOf(log, views);
    await projector.start();
    await vi.waitFor(() => expect(projector.failure()).toMatch(/halt at a memory.shared/));
    expect(await ids(views)).toEqual(['m1']);
  });

  test('a memory is forgotten although something of it is parked, and nothing of it is parked any more', async () => {
    const [log, views] = [openMemoryLog(), naive()];
    await record(log, 'm1');
    await log.append([{ stream: memoryStream('m1'), expected: 'any', events: [malformed('memory.revised')] }]);
    await vote(log, 'm1', 'bob');
    await forget(log, 'm1');
    const projector = projectorOf(log, views);
    await projector.start();
    expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
    expect(await ids(views)).toEqual([]);
    expect(await views.load([{ kind: 'memory', tenant: TENANT, id: 'm1' }])).toMatchObject([{ forgotten: true }]);
    expect(await views.parked()).toEqual([]);
  });

  test('a memory that the store will not forget is waited for', async () => {
    const log = openMemoryLog();
    const views = rejecting(naive(), ({ document }) => 'forgotten' in document && document.forgotten);
    await record(log, 'm1');
    await forget(log, 'm1');
    const projector = projectorOf(log, views);
    await projector.start();
    await vi.waitFor(() => expect(projector.failure()).toMatch(/halt at a memory.forgotten/));
    views.heal();
    expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
    expect(await ids(views)).toEqual([]);
  });
});

test(
  'with more than a thousand streams parked it stands still',
  async () => {
    const [log, views] = [openMemoryLog(), rejecting(naive(), isPoison)];
    for (let n = 0; n < 1_001; n++) await record(log, `m${n}`, 'poison');
    const projector = projectorOf(log, views, { pageSize: 10_000 });
    await projector.start();
    await vi.waitFor(() => expect(projector.failure()).toMatch(/^1000 streams are parked/), { timeout: MINUTE });
    expect(await views.parked()).toHaveLength(1_000);
    expect(projector.caughtUp()).toBe(false);
    views.heal();
    expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
    expect(await views.parked()).toEqual([]);
    expect(await ids(views)).toHaveLength(1_000);
  },
  MINUTE,
);
