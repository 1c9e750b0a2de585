// Vectors: kept by text, wanted once, gone with the last memory that has the text.

import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { aMemory, deprecated, minute } from '../../support/fixtures.ts';
import { type Harness, vectorOf } from './harness.ts';

export function vectorTests({ views, put, embed, found, reopen, durable }: Harness): void {
  const texts = async (limit = 100) => (await views().wantedVectors(limit)).map(({ text }) => text);
  const kept = async () => (await views().statistics()).vectorsKept;

  test('a recorded text is wanted, with its author and date', async () => {
    await put(aMemory('a', { author: 'Ann', content: ' apple ', occurredAt: '2023-05-08T23:59:59.000Z' }));
    const text = 'Ann (8 May 2023): apple';
    expect(await views().wantedVectors(10)).toEqual([{ text, hash: hash('sha256', text) }]);
    expect((await views().statistics()).vectorsWanted).toBe(1);
  });

  test('the oldest are wanted first, up to the limit', async () => {
    await put(aMemory('c', { content: 'one' }), aMemory('b', { content: 'two' }), aMemory('a', { content: 'three' }));
    expect(await texts()).toEqual(['one', 'two', 'three'].map((word) => `ann (1 January 2026): ${word}`));
    expect(await texts(2)).toEqual(['one', 'two'].map((word) => `ann (1 January 2026): ${word}`));
  });

  test('a vector that was put is wanted no more', async () => {
    await put(aMemory('a', { content: 'one' }), aMemory('b', { content: 'two' }));
    const [first] = await views().wantedVectors(1);
    if (first) await views().putVectors([{ hash: first.hash, vector: vectorOf(first.text) }]);
    expect(await texts()).toEqual(['ann (1 January 2026): two']);
    expect(await views().statistics()).toMatchObject({ vectorsKept: 1, vectorsWanted: 1 });
    await views().putVectors([]);
  });

  test('the same text wants one vector, which serves all', async () => {
    await put(
      aMemory('a', { content: 'one' }),
      aMemory('b', { content: 'one', agent: 'bob', author: 'ann', tenant: 'other' }),
    );
    expect(await embed()).toBe(1);
    await put(aMemory('c', { content: 'one' }));
    expect(await texts()).toEqual([]);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual(['a', 'c']);
    expect(await kept()).toBe(1);
  });

  test('each passage of a long memory wants its own', async () => {
    const content = Array.from({ length: 60 }, (_, n) => `Sentence ${n} is one of ten words at the most. `).join('');
    await put(aMemory('long', { content }));
    const made = await embed();
    expect(made).toBeGreaterThan(1);
    expect(await views().statistics()).toMatchObject({ passages: made, vectorsKept: made, vectorsWanted: 0 });
  });

  test('a new text is wanted, the same text is not', async () => {
    await put(aMemory('a', { content: 'one' }));
    await embed();
    await put(aMemory('a', { content: 'one', revision: 1, scope: 'AGENT_PRIVATE', metadata: { x: 1 } }));
    expect(await texts()).toEqual([]);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual(['a']);
    await put(aMemory('a', { content: 'two', revision: 2 }));
    expect(await texts()).toEqual(['ann (1 January 2026): two']);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual([]);
  });

  test('the text of a forgotten memory is not wanted', async () => {
    await put(aMemory('a', { content: 'one' }), aMemory('b', { content: 'two' }));
    await put(aMemory('a', { content: 'one', revision: 1, forgotten: true }));
    expect(await texts()).toEqual(['ann (1 January 2026): two']);
  });

  test('a vector goes with the last memory that has the text', async () => {
    await put(aMemory('a', { content: 'one' }), aMemory('b', { content: 'one', createdAt: minute(2) }));
    await embed();
    await put(aMemory('a', { content: 'one', revision: 1, forgotten: true }));
    expect(await kept()).toBe(1);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual(['b']);
    await put(aMemory('b', { content: 'one', revision: 1, forgotten: true }));
    await expect.poll(kept).toBe(0);
    await put(aMemory('c', { content: 'one' }));
    expect(await texts()).toHaveLength(1);
  });

  test('a vector that comes after its text was forgotten is not kept', async () => {
    await put(aMemory('a', { content: 'one' }));
    const [wanted] = await views().wantedVectors(1);
    await put(aMemory('a', { content: 'one', revision: 1, forgotten: true }));
    if (wanted) await views().putVectors([{ hash: wanted.hash, vector: vectorOf(wanted.text) }]);
    expect(await kept()).toBe(0);
  });

  test('deprecated memories have vectors too', async () => {
    await put(aMemory('a', { content: 'one', ...deprecated }));
    await embed();
    expect(await found('one', { mode: 'SEMANTIC', includeDeprecated: true })).toEqual(['a']);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual([]);
  });

  test('a reopened store has its vectors and wants none again', async ({ skip }) => {
    skip(!durable(), 'nothing outlives a handle');
    await put(aMemory('a', { content: 'one', session: 's' }), aMemory('b', { content: 'two', session: 's' }));
    await embed();
    await put(aMemory('c', { content: 'three' }));
    await reopen();
    expect(await texts()).toEqual(['ann (1 January 2026): three']);
    expect(await kept()).toBe(2);
    expect(await found('one', { mode: 'SEMANTIC' })).toEqual(['a', 'b']);
  });
}
