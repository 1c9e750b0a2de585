// Deltas: many changes of many memories in one append, all or none.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadMemory } from '../../src/commands/memory-stream.ts';
import type { DeltaOperation } from '../../src/commands/work-inputs.ts';
import { versionOf } from '../../src/domain/memory-view.ts';
import { TENANT } from '../support/fixtures.ts';
import { idOf, logs, NEVER, openWorld, type World } from './world.ts';

const vote = (memory: string, task?: string): DeltaOperation => ({ vote: { memory, value: 'HELPFUL', task } });

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  let one: string;
  let other: string;
  beforeEach(async () => {
    world = await openWorld(open);
    one = idOf(await world.as('ann').recordMemory({ content: 'one' }));
    other = idOf(await world.as('ann').recordMemory({ content: 'other', scope: 'GLOBAL' }));
  });
  afterEach(() => world.close());

  const apply = (operations: DeltaOperation[], commandId?: string) =>
    world.as('ann').applyDelta({ operations, commandId });
  const inLog = async (id: string) => (await loadMemory(world.log, TENANT, id)).state;

  test('every kind of operation is done, and answered in its order', async () => {
    const { memories, position } = await apply([
      { record: { content: 'three', sources: [{ memory: one }] } },
      { revise: { id: one, content: 'one, revised' } },
      { vote: { memory: other, value: 'HARMFUL', task: 'etl' } },
      { deprecate: { id: other, reason: 'three is better' } },
      { reflect: { content: 'write it down', errorPattern: 'forgot it' } },
    ]);
    expect(memories.map(({ memory }) => memory.content)).toEqual([
      'three',
      'one, revised',
      'other',
      'other',
      'write it down',
    ]);
    expect(memories[2]).toMatchObject({
      memory: { deprecation: { reason: 'three is better' } },
      votes: { votes: [{ value: 'HARMFUL' }] },
    });
    expect(memories[4]).toMatchObject({ memory: { scope: 'GLOBAL', lesson: { errorPattern: 'forgot it' } } });
    for (const view of memories) expect(view).toEqual(await inLog(view.memory.id));
    expect(position).toBe(await world.log.head());
  });

  test('operations on one memory apply in order, and see the versions that they make', async () => {
    const { memories } = await apply([
      { revise: { id: one, content: 'first', expectedVersion: 0 } },
      vote(one),
      { revise: { id: one, metadata: { a: 1 }, expectedVersion: 2 } },
      { revise: { id: one, content: 'last' } },
      { deprecate: { id: one, expectedVersion: 4 } },
    ]);
    const [view] = memories;
    expect(view).toMatchObject({ memory: { content: 'last', metadata: { a: 1 }, deprecation: { by: 'ann' } } });
    expect(view && versionOf(view)).toBe(5);
    expect(new Set(memories)).toEqual(new Set([view]));
  });

  test('one bad operation and none happens; its place is named', async () => {
    const bob = idOf(await world.as('bob').recordMemory({ content: 'mine', scope: 'GLOBAL' }));
    const before = await world.events();
    const bad: [DeltaOperation, string, string][] = [
      [{ revise: { id: one, content: '' } }, 'INVALID_INPUT', 'revise.content'],
      [{ revise: { id: NEVER, content: 'x' } }, 'NOT_FOUND', 'revise.id'],
      [{ revise: { id: bob, content: 'x' } }, 'FORBIDDEN', 'revise.id'],
      [{ revise: { id: one, content: 'x', expectedVersion: 7 } }, 'CONFLICT', 'revise.expectedVersion'],
      [{ deprecate: { id: other, supersededBy: NEVER } }, 'NOT_FOUND', 'deprecate.supersededBy'],
      [{ record: { content: 'x', namespace: 'no spaces' } }, 'INVALID_INPUT', 'record.namespace'],
      [{ record: { content: 'x', sources: [{ memory: NEVER }] } }, 'NOT_FOUND', 'record.sources.0.memory'],
      [{ record: { content: 'x', commandId: 'c' } }, 'INVALID_INPUT', 'record.commandId'],
      [{ reflect: { content: 'x', type: 'STANDARD' } }, 'INVALID_INPUT', 'reflect.type'],
      [vote(NEVER), 'NOT_FOUND', 'vote.memory'],
    ];
    for (const [operation, code, field] of bad)
      await expect(
        apply([{ record: { content: 'good' } }, { revise: { id: one, content: 'good' } }, operation, vote(other)]),
      ).rejects.toMatchObject({ code, details: { field: `input.operations.2.${field}` } });
    expect(await world.events()).toEqual(before);
  });

  test('an operation is exactly one', async () => {
    for (const operation of [{}, { ...vote(one), record: { content: 'x' } }])
      await expect(apply([vote(other), operation])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'input.operations.1' },
      });
  });

  test('1 to 100 operations, and 900 kB', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => vote(one, `task-${n}`));
    const details = { field: 'input.operations' };
    await expect(apply([])).rejects.toMatchObject({ code: 'INVALID_INPUT', details });
    await expect(apply(many(101))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { ...details, limit: 100 },
    });
    const large = Array.from({ length: 10 }, () => ({ record: { content: 'x'.repeat(95_000) } }));
    await expect(apply(large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await world.events()).toHaveLength(2);
    expect((await apply(many(100))).memories).toHaveLength(100);
    expect((await inLog(one))?.votes.votes).toHaveLength(100);
  });

  test('the operator changes, and records nothing', async () => {
    const operator = world.as(null);
    await operator.applyDelta({ operations: [{ revise: { id: one, content: 'by the operator' } }] });
    for (const operation of [vote(one), { record: { content: 'x' } }, { reflect: { content: 'x' } }])
      await expect(operator.applyDelta({ operations: [operation] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  describe('sent again', () => {
    const operations = (): DeltaOperation[] => [
      { record: { content: 'three', dedupe: true } },
      { revise: { id: one, content: 'one, revised', expectedVersion: 0 } },
      vote(other),
    ];

    test('it answers the first result, whatever came after', async () => {
      const first = await apply(operations(), 'c-1');
      world.setTime(5);
      await world.as('ann').reviseMemory({ id: one, content: 'later' });
      await world.as('bob').vote({ memory: other, value: 'HARMFUL' });
      const head = await world.log.head();
      expect(await apply(operations(), 'c-1')).toEqual(first);
      expect(await world.log.head()).toBe(head);
    });

    test('many times at once, it happens once', async () => {
      const results = await Promise.all(Array.from({ length: 16 }, () => apply(operations(), 'c-1')));
      for (const result of results) expect(result).toEqual(results[0]);
      expect(await world.events()).toHaveLength(2 + 4);
    });

    test('with other content it is refused', async () => {
      const given = operations();
      await apply(given, 'c-1');
      const others = [
        given.slice(0, 2),
        given.slice(1),
        [...given, vote(one)],
        [...given.slice(0, 2), vote(other, 'another task')],
        [{ record: { content: 'four' } }, ...given.slice(1)],
      ];
      for (const operations of others)
        await expect(apply(operations, 'c-1')).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
    });

    test('by another agent it is another command', async () => {
      await apply([vote(other)], 'c-1');
      await world.as('bob').applyDelta({ operations: [vote(other)], commandId: 'c-1' });
      expect((await inLog(other))?.votes.votes).toHaveLength(2);
    });

    test('it does not show what was forgotten meanwhile', async () => {
      await apply(operations(), 'c-1');
      await world.as('ann').forgetMemory({ id: one });
      await expect(apply(operations(), 'c-1')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        details: { field: 'input.operations.1.revise.id' },
      });
    });
  });

  describe('dedupe', () => {
    const same = (content: string): DeltaOperation => ({ record: { content, dedupe: true } });

    test('finds what is there, and what the delta itself recorded', async () => {
      const { memories } = await apply([same(' ONE'), same('new'), same('New ')]);
      expect(memories[0]?.memory.id).toBe(one);
      expect(memories[2]).toEqual(memories[1]);
      expect(await world.events()).toHaveLength(2 + 2);
    });

    test.each<[string, (id: string) => DeltaOperation]>([
      ['deprecated', (id) => ({ deprecate: { id } })],
      ['revised', (id) => ({ revise: { id, content: 'another' } })],
    ])('does not find what the delta has %s', async (_, change) => {
      const { memories } = await apply([change(one), same('one')]);
      expect(memories[1]).toMatchObject({ memory: { content: 'one', deprecation: null } });
      expect(memories[1]?.memory.id).not.toBe(one);
    });

    test('of two deltas at once, records once', async () => {
      const [a, b] = await Promise.all([apply([same('new'), vote(one)]), apply([vote(other), same('new')])]);
      expect(b.memories[1]?.memory.id).toBe(a.memories[0]?.memory.id);
    });

    test('sent again, it answers the first result', async () => {
      const first = await apply([same('one'), same('new'), vote(other)], 'c-1');
      expect(await apply([same('one'), same('new'), vote(other)], 'c-1')).toEqual(first);
    });
  });

  test('64 at once on the same memories all happen, each whole', async () => {
    const revise = (id: string, n: number): DeltaOperation => ({ revise: { id, metadata: { [`k${n}`]: n } } });
    const numbers = Array.from({ length: 64 }, (_, n) => n);
    // Some name the one first, some the other: they wait for one another in one order all the same.
    await Promise.all(
      numbers.map((n) => apply(n % 2 ? [revise(one, n), revise(other, n)] : [revise(other, n), revise(one, n)])),
    );
    for (const id of [one, other])
      expect((await inLog(id))?.memory.metadata).toEqual(Object.fromEntries(numbers.map((n) => [`k${n}`, n])));
  });

  test('of two processes none is half done', async () => {
    const elsewhere = world.anotherProcess();
    const operations: DeltaOperation[] = [{ revise: { id: one, expectedVersion: 0, content: 'x' } }, vote(other)];
    const results = await Promise.allSettled([apply(operations), elsewhere('ann').applyDelta({ operations })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await world.events()).toHaveLength(2 + 2);
  });
});

test('a bad operation at any place leaves the log as it was', async () => {
  const good = fc.constantFrom<(ids: string[]) => DeltaOperation>(
    () => ({ record: { content: 'new' } }),
    () => ({ record: { content: 'same', dedupe: true } }),
    () => ({ reflect: { content: 'a lesson' } }),
    ([id = '']) => vote(id),
    ([, id = '']) => vote(id, 'etl'),
    ([id = '']) => ({ revise: { id, metadata: { a: 1 } } }),
    ([, id = '']) => ({ revise: { id, content: 'revised' } }),
  );
  const bad = fc.constantFrom<(ids: string[]) => DeltaOperation>(
    () => ({ record: { content: '' } }),
    () => vote(NEVER),
    () => ({}),
    ([id = '']) => ({ revise: { id, expectedVersion: 99 } }),
    ([, , id = '']) => ({ revise: { id, content: 'not mine' } }),
    ([, , , id = '']) => ({ deprecate: { id } }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(good, { maxLength: 8 }), bad, fc.array(good, { maxLength: 8 }), async (a, b, c) => {
      const world = await openWorld();
      const ids = [
        idOf(await world.as('ann').recordMemory({ content: 'one' })),
        idOf(await world.as('ann').recordMemory({ content: 'two' })),
        idOf(await world.as('bob').recordMemory({ content: 'of bob', scope: 'GLOBAL' })),
        idOf(await world.as('bob').recordMemory({ content: 'private of bob' })),
      ];
      const before = await world.events();
      const operations = [...a, b, ...c].map((make) => make(ids));
      await expect(world.as('ann').applyDelta({ operations, commandId: 'c' })).rejects.toMatchObject({
        details: { field: expect.stringMatching(`^input.operations.${a.length}\\b`) },
      });
      expect(await world.events()).toEqual(before);

      // What stopped it mended, the same command goes through, once.
      const mended = [...a, ...c].map((make) => make(ids));
      if (mended.length > 0) {
        const first = await world.as('ann').applyDelta({ operations: mended, commandId: 'c' });
        for (const view of first.memories)
          expect(view).toEqual((await loadMemory(world.log, TENANT, view.memory.id)).state);
        expect(await world.as('ann').applyDelta({ operations: mended, commandId: 'c' })).toEqual(first);
      }
      await world.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);
