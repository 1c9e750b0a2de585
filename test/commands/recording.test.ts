import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { versionOf } from '../../src/domain/memory-view.ts';
import { MAX_APPEND_BYTES } from '../../src/log/event-log.ts';
import { minute } from '../support/fixtures.ts';
import { contentOf, idOf, logs, NEVER, openWorld, type World } from './world.ts';

const content = 'User prefers Python and works at a fintech startup';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(open);
  });
  afterEach(() => world.close());

  test('a memory has the defaults of the API', async () => {
    const { memory, position, duplicate } = await world.as('ann').recordMemory({ content });
    expect(memory.memory).toMatchObject({
      content,
      agent: 'ann',
      author: 'ann',
      type: 'STANDARD',
      namespace: 'default',
      scope: 'AGENT_PRIVATE',
      metadata: {},
      occurredAt: minute(0),
      createdAt: minute(0),
      expiresAt: null,
    });
    expect(versionOf(memory)).toBe(0);
    expect(position).toBe(await world.log.head());
    expect(duplicate).toBe(false);
  });

  test('a reflection is global and has its lesson', async () => {
    const { memory } = await world.as('data-processor').recordReflection({
      content: 'CSV files with a byte order mark parse to nothing, silently',
      errorPattern: 'silent parse failure',
      applicableContexts: ['csv', 'etl', 'csv'],
    });
    expect(memory.memory).toMatchObject({
      type: 'REFLECTION',
      scope: 'GLOBAL',
      lesson: {
        errorPattern: 'silent parse failure',
        correctApproach: null,
        applicableContexts: ['csv', 'etl'],
        trajectory: null,
      },
    });
  });

  test('only an acting agent records', async () => {
    for (const commands of [world.as(null), world.admin]) {
      await expect(commands.recordMemory({ content })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(commands.recordMemories([{ content }])).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(commands.recordReflection({ content })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await world.events()).toEqual([]);
  });

  test('a failure names its field as the input has it, and nothing is written', async () => {
    const ann = world.as('ann');
    await expect(ann.recordMemory({ content: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'input.content' },
    });
    await expect(ann.recordMemories([{ content }, { content, namespace: 'no way' }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'input.1.namespace' },
    });
    await expect(ann.recordMemory({ content, commandId: '' })).rejects.toMatchObject({
      details: { field: 'input.commandId' },
    });
    await expect(ann.recordMemories([{ content }], '')).rejects.toMatchObject({ details: { field: 'commandId' } });
    expect(await world.events()).toEqual([]);
  });

  test('sources must be memories that their reader may read', async () => {
    const secret = idOf(await world.as('bob').recordMemory({ content }));
    const open = idOf(await world.as('bob').recordMemory({ content, scope: 'GLOBAL' }));
    const recordFrom = (memory: string) =>
      world.as('ann').recordMemory({ content, sources: [{ memory: open }, { memory, quote: 'Python' }] });
    for (const id of [secret, NEVER, 'no id at all'])
      await expect(recordFrom(id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        details: { field: 'input.sources.1.memory' },
      });
    const { memory } = await recordFrom(open);
    expect(memory.memory.sources[0]).toEqual({ memory: open, message: null, session: null, quote: null });
    await expect(
      world.as('ann').recordMemories([{ content }, { content, sources: [{ memory: secret }] }]),
    ).rejects.toMatchObject({ details: { field: 'input.1.sources.0.memory' } });
  });

  describe('a batch', () => {
    test('is recorded in its order, in one append', async () => {
      const batch = Array.from({ length: 100 }, (_, index) => ({ content: `note ${index}` }));
      const { memories, position } = await world.as('ann').recordMemories(batch);
      expect(memories.map(({ memory }) => memory.content)).toEqual(batch.map((item) => item.content));
      expect(new Set(memories.map(({ memory }) => memory.id)).size).toBe(100);
      expect(position).toBe(await world.log.head());
    });

    test('is all or nothing', async () => {
      const large = 'x'.repeat(100_000);
      const batch = Array.from({ length: Math.ceil(MAX_APPEND_BYTES / large.length) }, () => ({ content: large }));
      await expect(world.as('ann').recordMemories(batch)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      expect(await world.events()).toEqual([]);
    });

    test.each([0, 101])('of %i is refused', async (length) => {
      await expect(world.as('ann').recordMemories(Array.from({ length }, () => ({ content })))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'input' },
      });
    });
  });

  describe('sent again with its commandId', () => {
    const commandId = 'c-1';

    test('a recording answers the first result', async () => {
      const first = await world.as('ann').recordMemory({ content, ttl: 600, commandId });
      await world.as('ann').reviseMemory({ id: idOf(first), content: 'changed since' });
      world.setTime(1);
      expect(await world.as('ann').recordMemory({ content, ttl: 600, commandId })).toEqual(first);
      expect(await world.events()).toHaveLength(2);
    });

    test('a batch answers the first result', async () => {
      const batch = [{ content }, { content: 'another' }, { content: 'another', dedupe: true }];
      const first = await world.as('ann').recordMemories(batch, commandId);
      world.setTime(1);
      expect(await world.as('ann').recordMemories(batch, commandId)).toEqual(first);
      expect(await world.events()).toHaveLength(2);
    });

    test('all at once, it is recorded once', async () => {
      const results = await Promise.all(
        Array.from({ length: 16 }, () => world.as('ann').recordMemory({ content, dedupe: true, commandId })),
      );
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(results[0]?.duplicate).toBe(false);
      expect((await world.events()).map(({ type }) => type)).toEqual(['text.claimed', 'memory.recorded']);
    });

    test('with other content it is refused', async () => {
      await world.as('ann').recordMemory({ content, commandId });
      const ann = world.as('ann');
      const reused = { code: 'COMMAND_ID_REUSED', details: { field: 'input.commandId' } };
      await expect(ann.recordMemory({ content: 'other', commandId })).rejects.toMatchObject(reused);
      await expect(ann.recordMemory({ content, type: 'SEMANTIC', commandId })).rejects.toMatchObject(reused);
      await expect(ann.recordReflection({ content, commandId })).rejects.toMatchObject(reused);
      await expect(ann.recordMemories([{ content }, { content }], commandId)).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
        details: { field: 'commandId' },
      });
      expect(await world.events()).toHaveLength(1);
    });

    test('with fewer or more of a batch it is refused', async () => {
      const batch = [{ content: 'one' }, { content: 'two' }];
      const reused = { code: 'COMMAND_ID_REUSED' };
      await world.as('ann').recordMemories(batch, commandId);
      await expect(world.as('ann').recordMemories(batch.slice(0, 1), commandId)).rejects.toMatchObject(reused);
      await expect(world.as('ann').recordMemories([...batch, { content: 'three' }], commandId)).rejects.toMatchObject(
        reused,
      );
    });

    test('of its own in a batch, a memory is recorded once, in whatever batch it comes again', async () => {
      const ann = world.as('ann');
      const first = await ann.recordMemory({ content, commandId });
      const { memories } = await ann.recordMemories([{ content: 'new' }, { content, commandId }]);
      expect(memories[1]).toEqual(first.memory);
      const second = await ann.recordMemories([{ content: 'other', commandId: 'c-2' }], 'batch');
      expect(await ann.recordMemory({ content: 'other', commandId: 'c-2' })).toMatchObject({
        memory: second.memories[0],
        position: second.position,
      });
      expect(await world.events()).toHaveLength(3);
      await expect(ann.recordMemories([{ content: 'new' }, { content: 'new', commandId }])).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
        details: { field: 'input.1.commandId' },
      });
    });

    test.each([
      [
        'twice in a batch',
        [
          { content, commandId },
          { content, commandId },
        ],
        undefined,
      ],
      ['as the batch’s, too', [{ content }, { content, commandId }], commandId],
    ])('%s it is refused', async (_, batch, ofBatch) => {
      await expect(world.as('ann').recordMemories(batch, ofBatch)).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
        details: { field: 'input.1.commandId' },
      });
      expect(await world.events()).toEqual([]);
    });

    test('by another agent, or in another tenant, it is another command', async () => {
      const ids = new Set([
        idOf(await world.as('ann').recordMemory({ content, commandId })),
        idOf(await world.as('bob').recordMemory({ content: 'other', commandId })),
        idOf(await world.as('ann', { tenant: 'other' }).recordMemory({ content: 'third', commandId })),
      ]);
      expect(ids.size).toBe(3);
    });
  });
});

test('what is recorded is what the log says', async () => {
  const world = await openWorld();
  const result = await world.as('ann').recordMemory({ content, commandId: 'c-1', metadata: { zero: -0 } });
  expect(contentOf(result)).toBe(content);
  const { events } = await world.log.read({ after: null, limit: 10 });
  expect(events).toMatchObject([
    {
      stream: `memory-acme+${idOf(result)}`,
      type: 'memory.recorded',
      metadata: { correlationId: 'c1', commandId: 'c-1', actor: 'ann', tenant: 'acme', schema: 1 },
    },
  ]);
  expect(await world.as('ann').recordMemory({ content, commandId: 'c-1', metadata: { zero: -0 } })).toMatchObject({
    position: result.position,
  });
  await world.close();
});
