// Commands of several processes on one log: each has turns of its own, and the expected revision decides.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTurns } from '../../src/commands/turns.ts';
import { idOf, logs, openWorld, type World } from './world.ts';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(open);
  });
  afterEach(() => world.close());

  test('revisions of two processes all land', async () => {
    const id = idOf(await world.as('ann').recordMemory({ content: 'first' }));
    const other = world.anotherProcess();
    await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        (index % 2 ? other('ann') : world.as('ann')).reviseMemory({ id, metadata: { [`k${index}`]: index } }),
      ),
    );
    const { memory } = await world.as('ann').reviseMemory({ id });
    expect(Object.keys(memory.memory.metadata)).toHaveLength(64);
  });

  test('a command that two processes got is done once', async () => {
    const id = idOf(await world.as('ann').recordMemory({ content: 'first' }));
    const command = { id, content: 'second', commandId: 'c-1' };
    const results = await Promise.all([
      world.as('ann').reviseMemory(command),
      world.anotherProcess()('ann').reviseMemory(command),
      world.anotherProcess()('ann').reviseMemory(command),
    ]);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(await world.events()).toHaveLength(2);
  });
});

test('a command that always loses gives up with a CONFLICT', async () => {
  const world = await openWorld();
  const id = idOf(await world.as('ann').recordMemory({ content: 'first' }));
  const append = vi
    .spyOn(world.log, 'append')
    .mockResolvedValue({ ok: false, stream: `memory-acme+${id}`, revision: 7 });
  await expect(world.as('ann').reviseMemory({ id, content: 'second' })).rejects.toMatchObject({
    code: 'CONFLICT',
    details: { limit: 20 },
  });
  expect(append).toHaveBeenCalledTimes(20);
  await world.close();
});

describe('turns', () => {
  const gate = () => Promise.withResolvers<void>();

  test('of one stream come one after another, in order, past a failure', async () => {
    const turns = createTurns();
    const first = gate();
    const done: string[] = [];
    const work = (name: string, until?: Promise<void>) => async () => {
      await until;
      done.push(name);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const a = turns('s', work('a', first.promise));
    const b = turns('s', work('b'));
    const c = turns('s', work('c'));
    const elsewhere = turns('t', work('elsewhere'));
    expect(await elsewhere).toBe('elsewhere');
    first.resolve();
    await expect(b).rejects.toThrow('b failed');
    expect([await a, await c]).toEqual(['a', 'c']);
    expect(done).toEqual(['elsewhere', 'a', 'b', 'c']);
  });

  test('are waited for by so many and no more', async () => {
    const turns = createTurns();
    const first = gate();
    const waiting = Array.from({ length: 1_000 }, () => turns('s', () => first.promise));
    await expect(turns('s', async () => 'too late')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    first.resolve();
    await Promise.all(waiting);
    expect(await turns('s', async () => 'free again')).toBe('free again');
  });
});
