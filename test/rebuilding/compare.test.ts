// What makes two sets of views the same, and what does not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Memory } from '../../src/domain/memory.ts';
import { compare, differenceIn } from '../../src/rebuilding/compare.ts';
import { agreementOf, sampleQuestions } from '../../src/rebuilding/questions.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { aMemory, analyse, aReader, at, NOW, operator, putMemory, putVotes, someVotes } from '../support/fixtures.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { openNaiveViews } from '../support/naive-views.ts';

const readerOf = (_tenant: string, agent: string | null) => (agent === null ? operator : aReader(agent));
const directory = { refresh: async () => {}, tenants: () => ['acme'], readerOf };

async function views(memories: readonly Memory[]): Promise<ViewStore> {
  const store = openNaiveViews({ analyse });
  for (const [index, memory] of memories.entries())
    await store.apply([putMemory(at(index + 1), memory)], at(index + 1));
  return store;
}

const someMemories = (count: number): Memory[] =>
  Array.from({ length: count }, (_, n) =>
    aMemory(`m${String(n).padStart(4, '0')}`, {
      content: `note ${n} on the ${['parser', 'garden'][n % 2]} of ${n % 13}`,
    }),
  );

const compareThem = (serving: ViewStore, candidate: ViewStore, settle: () => Promise<void> = async () => {}) =>
  compare({
    serving,
    candidate,
    directory,
    embed: async (text) => hashVector(text, 64),
    clock: () => new Date(NOW),
    settle,
    onProgress: () => {},
    signal: new AbortController().signal,
  });

const countsOf = ({ documents }: Awaited<ReturnType<typeof compareThem>>, kind: string) =>
  documents.find((counts) => counts.kind === kind);

test('equal views are the same, and so are empty ones', async () => {
  const memories = someMemories(130);
  const found = await compareThem(await views(memories), await views(memories));
  expect(found).toMatchObject({ questions: 100, same: 100, agreement: 1, matches: true });
  expect(differenceIn(found)).toBeNull();
  expect(await compareThem(await views([]), await views([]))).toMatchObject({
    questions: 0,
    agreement: 1,
    matches: true,
  });
});

test('what only one side has is counted, on the side where it is', async () => {
  const memories = someMemories(20);
  const found = await compareThem(await views(memories.slice(1)), await views(memories.slice(0, -2)));
  expect(countsOf(found, 'memory')).toEqual({ kind: 'memory', documents: 20, missing: 2, extra: 1 });
  expect(found.matches).toBe(false);
  expect(differenceIn(found)).toMatch(/lack 2 documents .* have 1 others/);
});

test('what one side got a moment later is no difference', async () => {
  const memories = someMemories(20);
  const late = await views(memories.slice(0, 18));
  const catchUp = async () => {
    for (const [index, memory] of memories.entries())
      await late.apply([putMemory(at(index + 1), memory)], at(index + 1));
  };
  for (const [serving, candidate] of [
    [await views(memories), late],
    [late, await views(memories)],
  ] as const)
    expect(await compareThem(serving, candidate, catchUp)).toMatchObject({ matches: true });
});

test('what is left of a forgotten memory on one side is no difference', async () => {
  const memories = someMemories(5);
  const [one, other] = [await views(memories), await views(memories)];
  await one.apply([putVotes(at(10), 'gone', someVotes(2))], at(10));
  await one.apply([putMemory(at(11), aMemory('gone', { forgotten: true }))], at(11));
  expect((await compareThem(one, other)).matches).toBe(true);
});

test('the same documents that answer otherwise are not the same', async () => {
  const memories = someMemories(40);
  const found = await compareThem(
    await views(memories),
    await views(memories.map((memory) => ({ ...memory, content: `other words for ${memory.id}` }))),
  );
  expect(countsOf(found, 'memory')).toMatchObject({ missing: 0, extra: 0 });
  expect(found.agreement).toBeLessThan(0.95);
  expect(found.matches).toBe(false);
});

test('the questions depend on the memories, not on the order in which they are seen', () => {
  const memories = someMemories(150);
  const questionsOf = (seen: readonly Memory[]) => {
    const sample = sampleQuestions({ readerOf }, NOW);
    for (const memory of seen) sample.consider(memory);
    return sample.questions();
  };
  const questions = questionsOf(memories);
  expect(questions).toHaveLength(100);
  expect(new Set(questions.map(({ reader }) => reader.agent))).toEqual(new Set([null, 'ann']));
  fc.assert(
    fc.property(fc.shuffledSubarray([...memories.keys()], { minLength: memories.length }), (order) => {
      expect(questionsOf(order.flatMap((index) => memories[index] ?? []))).toEqual(questions);
    }),
    { numRuns: 20 },
  );
});

test('nothing that is forgotten, expired or deprecated makes a question', () => {
  const sample = sampleQuestions({ readerOf }, NOW);
  sample.consider(aMemory('m1', { forgotten: true }));
  sample.consider(aMemory('m2', { expiresAt: NOW }));
  sample.consider(aMemory('m3', { deprecation: { reason: null, supersededBy: null, at: NOW, by: 'ann' } }));
  expect(sample.questions()).toEqual([]);
});

test('answers agree by what both have of the longer one', () => {
  expect(agreementOf([], [])).toBe(1);
  expect(agreementOf(['a', 'b'], ['b', 'a'])).toBe(1);
  expect(agreementOf(['a', 'b', 'c', 'd'], ['a'])).toBe(0.25);
});
