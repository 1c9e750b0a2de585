// The views that replay makes equal those that living through it made.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProjector } from '../../projections/projector.ts';
import type { Position } from '../../src/domain/event.ts';
import { failure } from '../../src/domain/failure.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import type { DocumentKey, ViewStore } from '../../src/views/view-store.ts';
import { expectSameCandidates } from '../conformance/view-store/candidates.ts';
import { type MakeViews, SIGNATURE, type ViewsUnderTest, vectorOf } from '../conformance/view-store/harness.ts';
import { aTenantsHistory, historyIds } from '../support/arbitrary-history.ts';
import { analyse, aReader, NOW, operator, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { naiveStorage, openNaiveViews } from '../support/naive-views.ts';
import { makeEmbedded } from '../views/open.ts';

const MINUTE = 60_000;
const QUICK = { firstDelay: 1, longestDelay: 1 };

const naive: MakeViews = async () => {
  const storage = naiveStorage();
  const reopen = async () => openNaiveViews({ analyse, storage });
  return { store: await reopen(), reopen, cleanup: async () => {} };
};

/** How it is lived through: after each append, nothing, a wait until the views have it, a restart, or a lost answer. */
const pace = fc.array(fc.constantFrom('go on', 'go on', 'wait', 'restart', 'lose'), { minLength: 60, maxLength: 60 });
const pageSize = fc.integer({ min: 1, max: 9 });

describe.each<[string, MakeViews, number]>([
  ['naive', naive, 150],
  ['embedded', makeEmbedded, 6],
])('views made anew (%s)', (_, make, numRuns) => {
  test('equal those that were lived through', { timeout: 2 * MINUTE }, () =>
    fc.assert(
      fc.asyncProperty(aTenantsHistory, pace, pageSize, pageSize, async (history, paces, small, other) => {
        const log = openMemoryLog();
        const lived = await make(SIGNATURE);
        const anew = await make(SIGNATURE);
        try {
          await liveThrough(log, lived, history, paces, small);
          await catchUp(log, anew.store, other);
          await expectSame(lived.store, anew.store);
          await catchUp(log, fromTheBeginning(anew.store), small);
          await expectSame(lived.store, anew.store);
        } finally {
          await lived.cleanup();
          await anew.cleanup();
        }
      }),
      { numRuns },
    ),
  );
});

async function liveThrough(
  log: EventLog,
  views: ViewsUnderTest,
  history: { stream: string; event: Parameters<EventLog['append']>[0][number]['events'][number] }[],
  paces: readonly string[],
  page: number,
): Promise<void> {
  let answersLost = 0;
  const lossy = (store: ViewStore): ViewStore => ({
    ...store,
    async apply(changes, checkpoint, parking) {
      await store.apply(changes, checkpoint, parking);
      if (answersLost === 0) return;
      answersLost--;
      throw failure('UNAVAILABLE', 'the answer is lost');
    },
  });
  const begin = async () => {
    const projector = createProjector(log, lossy(views.store), { pageSize: page, ...QUICK });
    await projector.start();
    return projector;
  };
  let projector = await begin();
  for (const [n, { stream, event }] of history.entries()) {
    const result = await log.append([{ stream, expected: 'any', events: [event] }]);
    if (!result.ok) throw new Error('the append must succeed');
    if (paces[n] === 'lose') answersLost++;
    if (paces[n] === 'wait') expect(await projector.waitFor(result.position, MINUTE)).toBe(true);
    if (paces[n] === 'restart') {
      await projector.stop();
      if (n % 3 === 0 && views.reopen) views.store = await views.reopen();
      projector = await begin();
    }
  }
  expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
  await projector.stop();
}

async function catchUp(log: EventLog, views: ViewStore, page: number): Promise<void> {
  const projector = createProjector(log, views, { pageSize: page, ...QUICK });
  await projector.start();
  expect(await projector.waitFor(await log.head(), MINUTE)).toBe(true);
  await projector.stop();
}

/** Views that have forgotten how far they are: everything is applied a second time. */
function fromTheBeginning(views: ViewStore): ViewStore {
  let told: Position | null = null;
  return {
    ...views,
    checkpoint: async () => told,
    async apply(changes, checkpoint, parking) {
      await views.apply(changes, checkpoint, parking);
      told = checkpoint;
    },
  };
}

async function expectSame(one: ViewStore, other: ViewStore): Promise<void> {
  const keys = historyIds.flatMap((id): DocumentKey[] => [
    { kind: 'memory', tenant: TENANT, id },
    { kind: 'votes', tenant: TENANT, id },
  ]);
  expect(await other.load(keys)).toEqual(await one.load(keys));
  expect(await other.checkpoint()).toEqual(await one.checkpoint());
  for (const store of [one, other]) await embed(store);
  for (const reader of [operator, aReader('ann'), aReader('cid', { teams: ['red'], peers: ['bob'] })]) {
    const selection = { reader, now: NOW, includeDeprecated: true };
    expect(await other.list({ ...selection, first: 100 })).toEqual(await one.list({ ...selection, first: 100 }));
    expect(await other.get(reader, historyIds, NOW)).toEqual(await one.get(reader, historyIds, NOW));
    for (const text of ['apple', 'pear plum', 'fig zebra']) {
      const query = { ...selection, mode: 'HYBRID' as const, text, vector: vectorOf(text), limit: 100 };
      const found = (await other.search(query)).candidates;
      expectSameCandidates(found, (await one.search(query)).candidates, query.limit);
    }
  }
}

async function embed(store: ViewStore): Promise<void> {
  const wanted = await store.wantedVectors(1_000);
  await store.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: vectorOf(text) })));
}
