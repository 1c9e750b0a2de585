import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idOf, logs, openWorld, type World } from './world.ts';

const content = 'User prefers Python';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(open);
  });
  afterEach(() => world.close());

  const dedupe = (text = content, more: object = {}) =>
    world.as('ann').recordMemory({ content: text, dedupe: true, ...more });
  const recorded = async () => (await world.events()).filter(({ type }) => type === 'memory.recorded').length;

  test('the same text, trimmed and case-folded, is the memory that is there', async () => {
    const first = await dedupe();
    expect(first.duplicate).toBe(false);
    const again = await dedupe('  user prefers PYTHON\n', { metadata: { other: true } });
    expect(again).toEqual({ ...first, duplicate: true });
    expect(await recorded()).toBe(1);
  });

  test('another agent, namespace, user or scope has its own', async () => {
    const results = [
      await dedupe(),
      await dedupe(content, { namespace: 'other' }),
      await dedupe(content, { user: 'user_42' }),
      await dedupe(content, { scope: 'GLOBAL' }),
      await world.as('bob').recordMemory({ content, dedupe: true }),
      await world.as('ann', { tenant: 'other' }).recordMemory({ content, dedupe: true }),
    ];
    expect(results.map(({ duplicate }) => duplicate)).toEqual(results.map(() => false));
    expect(new Set(results.map(idOf)).size).toBe(results.length);
  });

  test('64 at once make one memory', async () => {
    const results = await Promise.all(Array.from({ length: 64 }, () => dedupe()));
    expect(new Set(results.map(idOf)).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await recorded()).toBe(1);
  });

  test('what was recorded without dedupe is found', async () => {
    const first = await world.as('ann').recordMemory({ content });
    expect(await dedupe()).toEqual({ ...first, duplicate: true });
  });

  test('a text that a revision gave is found, and one that it took is free', async () => {
    const first = await dedupe('first');
    await world.as('ann').reviseMemory({ id: idOf(first), content });
    expect(await dedupe()).toMatchObject({ duplicate: true, memory: { memory: { id: idOf(first) } } });
    expect(await dedupe('first')).toMatchObject({ duplicate: false });
  });

  test('a forgotten, expired or deprecated text can be recorded again', async () => {
    const forgotten = await dedupe();
    await world.as('ann').forgetMemory({ id: idOf(forgotten) });
    const expiring = await dedupe(content, { ttl: 60 });
    world.setTime(1);
    const deprecated = await dedupe();
    await world.as('ann').deprecateMemory({ id: idOf(deprecated) });
    const last = await dedupe();
    const all = [forgotten, expiring, deprecated, last];
    expect(all.map(({ duplicate }) => duplicate)).toEqual([false, false, false, false]);
    expect(await dedupe()).toEqual({ ...last, duplicate: true });
  });

  test('64 at once make one memory of a text that was forgotten', async () => {
    await world.as('ann').forgetMemory({ id: idOf(await dedupe()) });
    const results = await Promise.all(Array.from({ length: 64 }, () => dedupe()));
    expect(new Set(results.map(idOf)).size).toBe(1);
    expect(await recorded()).toBe(2);
  });

  describe('within a batch', () => {
    test('two equal texts are one memory', async () => {
      const { memories } = await world.as('ann').recordMemories([
        { content, dedupe: true },
        { content: 'other', dedupe: true },
        { content: content.toUpperCase(), dedupe: true },
      ]);
      expect(memories.map(({ memory }) => memory.content)).toEqual([content, 'other', content]);
      expect(await recorded()).toBe(2);
    });

    test('those recorded without dedupe before it count, too', async () => {
      const { memories } = await world.as('ann').recordMemories([{ content }, { content, dedupe: true }, { content }]);
      expect(new Set(memories.map(({ memory }) => memory.id)).size).toBe(2);
      expect(memories[0]?.memory.id).toBe(memories[1]?.memory.id);
    });

    test('that is there already, nothing is written', async () => {
      const first = await dedupe();
      const { memories, position } = await world.as('ann').recordMemories([{ content, dedupe: true }], 'c-1');
      expect(memories).toEqual([first.memory]);
      expect(position).toBe(first.position);
    });

    test('sent again, it answers what it answered', async () => {
      const first = await dedupe();
      const batch = [{ content, dedupe: true }, { content: 'new' }];
      const result = await world.as('ann').recordMemories(batch, 'c-1');
      expect(result.memories[0]).toEqual(first.memory);
      expect(await world.as('ann').recordMemories(batch, 'c-1')).toEqual(result);
    });

    test('many at once, each with some of the same texts, make one memory of each', async () => {
      const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
      const batches = Array.from({ length: 8 }, (_, shift) =>
        [...texts.slice(shift), ...texts.slice(0, shift)].slice(0, 5).map((text) => ({ content: text, dedupe: true })),
      );
      await Promise.all(batches.map((batch) => world.as('ann').recordMemories(batch)));
      expect(await recorded()).toBe(texts.length);
    });
  });

  test('while the views are away it says so, and what was claimed is still found', async () => {
    const first = await dedupe();
    world.takeViewsAway();
    expect(await dedupe()).toEqual({ ...first, duplicate: true });
    await expect(dedupe('a new text')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await world.as('ann').recordMemory({ content: 'a new text' })).toMatchObject({ duplicate: false });
  });
});
