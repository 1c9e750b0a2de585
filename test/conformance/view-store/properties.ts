// Random changes and questions: every adapter answers as the naive store does, and shows nobody what canRead denies.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlive, type Memory } from '../../../src/domain/memory.ts';
import { canRead } from '../../../src/domain/visibility.ts';
import { textKey } from '../../../src/text/text-key.ts';
import type { Candidate, Change, Selection, ViewStore } from '../../../src/views/view-store.ts';
import { aStory, type RandomChange, type RandomQuery, type Story } from '../../support/arbitrary-views.ts';
import { analyse, minute, putMemory, putVotes } from '../../support/fixtures.ts';
import { bestByScore } from '../../support/naive-search.ts';
import { openNaiveViews } from '../../support/naive-views.ts';
import { expectSameCandidates } from './candidates.ts';
import { type MakeViews, nextPosition, SIGNATURE, vectorOf } from './harness.ts';

const TIME_LIMIT = 240_000;

export function propertyTests(make: MakeViews, runs: number): void {
  test('random changes and questions are answered as by looking at everything', { timeout: TIME_LIMIT }, async () => {
    await fc.assert(
      fc.asyncProperty(aStory, async (story) => {
        const { store, cleanup } = await make(SIGNATURE);
        try {
          await play(story, store, openNaiveViews({ analyse }));
        } finally {
          await cleanup();
        }
      }),
      { numRuns: runs },
    );
  });
}

async function play({ memories, steps }: Story, store: ViewStore, naive: ViewStore): Promise<void> {
  const current = [...memories];
  const ids = memories.map(({ id }) => id);
  /** Those that were put; the others are put by their first change. */
  const there = new Set(ids.slice(0, memories.length / 2));
  let batch: Change[] = [];
  let time = 0;

  async function apply(changes: Change[]): Promise<void> {
    batch = changes;
    const checkpoint = nextPosition();
    await store.apply(changes, checkpoint);
    await naive.apply(changes, checkpoint);
  }

  function toChange(random: RandomChange): Change[] {
    const before = current[random.memory];
    if (before === undefined) return [];
    if ('votes' in random)
      return [putVotes(nextPosition(), before.id, { revision: 1, votes: random.votes }, before.tenant)];
    const after = { ...before, ...random.state, forgotten: before.forgotten || random.state.forgotten === true };
    current[random.memory] = after;
    there.add(after.id);
    return [putMemory(nextPosition(), after)];
  }

  await apply(memories.filter(({ id }) => there.has(id)).map((memory) => putMemory(nextPosition(), memory)));
  for (const step of steps) {
    time += 0.5;
    if (step.do === 'change') await apply(step.changes.flatMap(toChange));
    if (step.do === 'repeat') await apply(batch);
    if (step.do === 'embed')
      await embed(
        store,
        naive,
        current.filter((memory) => there.has(memory.id) && isAlive(memory, minute(time))),
        step.oneOf,
      );
    if (step.do === 'ask') await compare(store, naive, step.query, ids, minute(time));
  }
  for (const memory of current)
    expect(await store.findText(memory.tenant, textKey(memory), minute(time))).toEqual(
      await naive.findText(memory.tenant, textKey(memory), minute(time)),
    );
}

/** What has expired may want its vector still, or not. */
async function embed(store: ViewStore, naive: ViewStore, living: readonly Memory[], oneOf: number): Promise<void> {
  const hashes = new Set(living.flatMap((memory) => analyse(memory).passages.map(({ hash }) => hash)));
  const wantedBy = async (views: ViewStore) =>
    (await views.wantedVectors(1_000))
      .filter(({ hash }) => hashes.has(hash))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const wanted = await wantedBy(naive);
  expect(await wantedBy(store)).toEqual(wanted);
  const vectors = wanted
    .filter((_, index) => index % oneOf === 0)
    .map(({ hash, text }) => ({ hash, vector: vectorOf(text) }));
  await store.putVectors(vectors);
  await naive.putVectors(vectors);
}

async function compare(
  store: ViewStore,
  naive: ViewStore,
  query: RandomQuery,
  ids: string[],
  now: string,
): Promise<void> {
  const { reader, filter, moreFilters, includeDeprecated, mode, text, about, limit, best } = query;
  const selection: Selection = { reader, includeDeprecated, now, ...(filter === undefined ? {} : { filter }) };
  const allowed = (memory: Memory) => canRead(reader, memory) && isAlive(memory, now);

  const got = await store.get(reader, ids, now);
  expect(got).toEqual(await naive.get(reader, ids, now));
  expect(got.every((view) => view === null || allowed(view.memory))).toBe(true);

  await comparePages(store, naive, selection, limit);
  for (const other of moreFilters) await comparePages(store, naive, { ...selection, filter: other }, 100);

  const vector = mode === 'KEYWORD' || about === null ? null : vectorOf(about);
  const question = {
    ...selection,
    mode: vector === null && mode === 'SEMANTIC' ? 'HYBRID' : mode,
    text,
    vector,
  } as const;
  const { candidates, position } = await store.search({ ...question, limit });
  const all = await naive.search({ ...question, limit: Number.MAX_SAFE_INTEGER });
  expect(position).toBe(all.position);
  expect(candidates.every(({ memory }) => allowed(memory))).toBe(true);
  expectSameCandidates(candidates, all.candidates, limit);
  const idsOf = (some: readonly Candidate[]) => some.map(({ memory }) => memory.id).sort();
  const given = await store.search({ ...question, limit, best });
  expect(idsOf(given.candidates)).toEqual(idsOf(bestByScore(candidates, question.mode, best)));
}

async function comparePages(store: ViewStore, naive: ViewStore, selection: Selection, first: number): Promise<void> {
  const withoutCursor = ({ cursor: _, ...view }: { cursor: string }) => view;
  const expected = await naive.list({ ...selection, first: 1_000 });
  const rows: object[] = [];
  let after: string | undefined;
  do {
    const page = await store.list({ ...selection, first, ...(after === undefined ? {} : { after }) });
    expect(page.total).toBe(expected.total);
    rows.push(...page.rows.map(withoutCursor));
    after = page.hasNextPage ? page.rows.at(-1)?.cursor : undefined;
  } while (after !== undefined);
  expect(rows).toEqual(expected.rows.map(withoutCursor));
}
