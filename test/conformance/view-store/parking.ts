// What is parked, and from when on reads see what was applied.
import { expect, test } from 'vitest';
import type { ParkedStream } from '../../../src/views/view-store.ts';
import { aMemory, memoryStream, minute, NOW, operator, putMemory } from '../../support/fixtures.ts';
import { type Harness, nextPosition } from './harness.ts';

export function parkingTests({ views, reopen, durable, listed, search }: Harness): void {
  const parkedAt = (position: string, id: string, events = 1): ParkedStream => ({
    stream: memoryStream(id),
    position,
    type: 'memory.revised',
    reason: "the views will not take it: “field” 'quoted'",
    events,
    since: minute(1),
  });

  test('nothing is parked in a new store', async () => {
    expect(await views().parked()).toEqual([]);
  });

  test('what is parked is given back by position, with the documents that went with it', async () => {
    const [first, second, third] = [nextPosition(), nextPosition(), nextPosition()];
    await views().apply([putMemory(first, aMemory('m1'))], third, {
      park: [parkedAt(third, 'm3'), parkedAt(second, 'm2')],
      release: [],
    });
    expect(await views().parked()).toEqual([parkedAt(second, 'm2'), parkedAt(third, 'm3')]);
    expect(await views().checkpoint()).toBe(third);
    await views().refresh();
    expect(await listed(operator)).toEqual(['m1']);
  });

  test('a stream that is parked again has what was said last', async () => {
    const [first, second] = [nextPosition(), nextPosition()];
    await views().apply([], first, { park: [parkedAt(first, 'm1')], release: [] });
    await views().apply([], second, { park: [parkedAt(first, 'm1', 2)], release: [] });
    expect(await views().parked()).toEqual([parkedAt(first, 'm1', 2)]);
  });

  test('a batch that says nothing of parking changes nothing of it', async () => {
    const [first, second] = [nextPosition(), nextPosition()];
    await views().apply([], first, { park: [parkedAt(first, 'm1')], release: [] });
    await views().apply([putMemory(second, aMemory('m2'))], second);
    expect(await views().parked()).toEqual([parkedAt(first, 'm1')]);
  });

  test('what is released is parked no more; what was not parked is released without a word', async () => {
    const [first, second, third] = [nextPosition(), nextPosition(), nextPosition()];
    await views().apply([], second, { park: [parkedAt(first, 'm1'), parkedAt(second, 'm2')], release: [] });
    await views().apply([putMemory(first, aMemory('m1'))], third, {
      park: [],
      release: [memoryStream('m1'), memoryStream('never')],
    });
    expect(await views().parked()).toEqual([parkedAt(second, 'm2')]);
    await views().refresh();
    expect(await listed(operator)).toEqual(['m1']);
  });

  test('what is released counts for how telling a word is, also where the checkpoint stays', async () => {
    const [first, second] = [nextPosition(), nextPosition()];
    const apply = async (...given: Parameters<ReturnType<typeof views>['apply']>) => {
      await views().apply(...given);
      await views().refresh();
      const [hit] = (await search('apple zebra')).filter(({ memory }) => memory.id === 'm1');
      return hit?.coverage ?? Number.NaN;
    };
    const alone = await apply([putMemory(first, aMemory('m1', { content: 'apple' }))], second, {
      park: [parkedAt(second, 'm2')],
      release: [],
    });
    const [parked, release] = [putMemory(second, aMemory('m2', { content: 'apple' })), [memoryStream('m2')]];
    expect(await apply([parked], second, { park: [], release })).toBeLessThan(alone);
  });

  test('parking also changes where the checkpoint stays', async () => {
    const [first, second] = [nextPosition(), nextPosition()];
    await views().apply([], second, { park: [parkedAt(first, 'm1')], release: [] });
    await views().apply([], second, { park: [], release: [memoryStream('m1')] });
    expect(await views().parked()).toEqual([]);
    expect(await views().checkpoint()).toBe(second);
  });

  test('what is parked outlives the handle', async ({ skip }) => {
    skip(!durable(), 'nothing outlives a handle');
    const position = nextPosition();
    await views().apply([], position, { park: [parkedAt(position, 'm1', 7)], release: [] });
    await reopen();
    expect(await views().parked()).toEqual([parkedAt(position, 'm1', 7)]);
  });

  test('a refresh of a new store has nothing', async () => {
    expect(await views().refresh()).toBeNull();
  });

  test('after a refresh every read has what was applied before it', async () => {
    const position = nextPosition();
    await views().apply([putMemory(position, aMemory('m1'))], position);
    expect(await views().refresh()).toBe(position);
    const page = await views().list({ reader: operator, now: NOW, first: 10 });
    expect(page.rows.map(({ memory }) => memory.id)).toEqual(['m1']);
    expect(page.position).toBe(position);
    const question = { reader: operator, now: NOW, mode: 'KEYWORD' as const, text: 'parser', vector: null, limit: 1 };
    const { candidates, position: searched } = await views().search(question);
    expect(candidates).toHaveLength(1);
    expect(searched).toBe(position);
  });

  test('refreshes at the same time are each as of what was applied before', async () => {
    const positions = [nextPosition(), nextPosition(), nextPosition()];
    for (const [n, position] of positions.entries()) {
      await views().apply([putMemory(position, aMemory(`m${n}`))], position);
      const reached = await Promise.all([views().refresh(), views().refresh(), views().refresh()]);
      expect(reached).toEqual([position, position, position]);
    }
    expect(await listed(operator)).toHaveLength(3);
  });
}
