import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MemoryResult } from '../../src/commands/context.ts';
import { versionOf } from '../../src/domain/memory-view.ts';
import { contentOf, idOf, logs, NEVER, openWorld, type World } from './world.ts';

const reused = { code: 'COMMAND_ID_REUSED' };
const notFound = (field: string) => ({ code: 'NOT_FOUND', details: { field } });

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  let id: string;
  beforeEach(async () => {
    world = await openWorld(open);
    id = idOf(await world.as('ann').recordMemory({ content: 'first', scope: 'GLOBAL' }));
  });
  afterEach(() => world.close());

  const eventCount = async () => (await world.events()).length;

  test('a revision answers the memory as it is then', async () => {
    world.setTime(1);
    const result = await world.as('ann').reviseMemory({ id, content: 'second', scope: 'AGENT_PRIVATE' });
    expect(result).toMatchObject({ duplicate: false, position: await world.log.head() });
    expect(result.memory.memory).toMatchObject({ content: 'second', scope: 'AGENT_PRIVATE' });
    expect(versionOf(result.memory)).toBe(2);
  });

  test('a revision that changes nothing appends nothing and answers what is there', async () => {
    const result = await world.as('ann').reviseMemory({ id, content: 'first' });
    expect(versionOf(result.memory)).toBe(0);
    expect(result.position).toBe(await world.log.head());
    expect(await eventCount()).toBe(1);
  });

  describe('expectedVersion', () => {
    test('that is stale is a CONFLICT that tells the version', async () => {
      await world.as('bob').vote({ memory: id, value: 'HELPFUL' });
      const stale = { code: 'CONFLICT', details: { field: 'input.expectedVersion', version: 1 } };
      const ann = world.as('ann');
      await expect(ann.reviseMemory({ id, content: 'x', expectedVersion: 0 })).rejects.toMatchObject(stale);
      await expect(ann.deprecateMemory({ id, expectedVersion: 2 })).rejects.toMatchObject(stale);
      await expect(ann.restoreMemory({ id, expectedVersion: 0 })).rejects.toMatchObject(stale);
      await expect(ann.forgetMemory({ id, expectedVersion: 0 })).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { field: 'expectedVersion', version: 1 },
      });
      expect(await eventCount()).toBe(2);
    });

    test('lets one of many writers win', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 16 }, (_, index) =>
          world.as('ann').reviseMemory({ id, content: `from ${index}`, expectedVersion: 0 }),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await eventCount()).toBe(2);
    });
  });

  test('64 revisions at once all land, one after another', async () => {
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        world.as('ann').reviseMemory({ id, metadata: { [`k${index}`]: index } }),
      ),
    );
    expect(results.map(({ memory }) => versionOf(memory)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
    const last = await world.as('ann').reviseMemory({ id });
    expect(Object.keys(last.memory.memory.metadata)).toHaveLength(64);
  });

  describe('who may not', () => {
    const changes = (who: World['as'] extends (...given: never[]) => infer Result ? Result : never, memory: string) => [
      who.reviseMemory({ id: memory, content: 'mine now' }),
      who.deprecateMemory({ id: memory }),
      who.restoreMemory({ id: memory }),
      who.forgetMemory({ id: memory }),
    ];

    test('whoever reads but does not own it is FORBIDDEN', async () => {
      for (const attempt of changes(world.as('bob'), id))
        await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect(await eventCount()).toBe(1);
    });

    test('for whoever may not read it, it is as if it never was, to the last letter', async () => {
      const hidden = idOf(await world.as('ann').recordMemory({ content: 'mine' }));
      const gone = idOf(await world.as('bob').recordMemory({ content: 'his', scope: 'GLOBAL' }));
      await world.as('bob').forgetMemory({ id: gone });
      const others = idOf(await world.as('bob', { tenant: 'other' }).recordMemory({ content: 'x', scope: 'GLOBAL' }));
      const expired = idOf(await world.as('bob').recordMemory({ content: 'x', scope: 'GLOBAL', ttl: 30 }));
      world.setTime(1);
      const failures = async (memory: string) => {
        const bob = world.as('bob');
        const attempts = [
          ...changes(bob, memory),
          bob.vote({ memory, value: 'HELPFUL' }),
          bob.retractVote({ memory }),
          bob.reviseMemory({ id: memory, content: 'x', expectedVersion: 7 }),
        ];
        return (await Promise.allSettled(attempts)).map((result) => result.status === 'rejected' && result.reason);
      };
      const never = await failures(NEVER);
      expect(never[0]).toMatchObject(notFound('input.id'));
      expect(never[3]).toMatchObject(notFound('id'));
      expect(never[4]).toMatchObject(notFound('input.memory'));
      for (const memory of [hidden, gone, others, expired, '', 'no id', id.toUpperCase().replace('0', 'O')])
        expect(await failures(memory)).toEqual(never);
    });

    test('the operator may, and votes not', async () => {
      expect(contentOf(await world.as(null).reviseMemory({ id, content: 'moderated' }))).toBe('moderated');
      const { memory } = await world.as(null).deprecateMemory({ id });
      expect(memory.memory.deprecation).toMatchObject({ by: '$operator' });
      await expect(world.as(null).vote({ memory: id, value: 'HARMFUL' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(world.as(null).retractVote({ memory: id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    test('the administrator may do nothing with memories', async () => {
      for (const attempt of changes(world.admin, id))
        await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });
  });

  describe('deprecating', () => {
    test('twice, and restoring what is not deprecated, is a CONFLICT', async () => {
      const ann = world.as('ann');
      await expect(ann.restoreMemory({ id })).rejects.toMatchObject({ code: 'CONFLICT' });
      await ann.deprecateMemory({ id, reason: 'old' });
      await expect(ann.deprecateMemory({ id })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await ann.restoreMemory({ id })).memory.memory.deprecation).toBeNull();
    });

    test('names a successor that its caller may read', async () => {
      const ann = world.as('ann');
      const hidden = idOf(await world.as('bob').recordMemory({ content: 'hidden' }));
      const better = idOf(await world.as('bob').recordMemory({ content: 'better', scope: 'GLOBAL' }));
      for (const supersededBy of [hidden, NEVER])
        await expect(ann.deprecateMemory({ id, supersededBy })).rejects.toMatchObject(notFound('input.supersededBy'));
      await expect(ann.deprecateMemory({ id, supersededBy: id })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'input.supersededBy' },
      });
      const { memory } = await ann.deprecateMemory({ id, supersededBy: better });
      expect(memory.memory.deprecation?.supersededBy).toBe(better);
    });
  });

  describe('sent again with its commandId', () => {
    const commandId = 'c-1';

    test('every change answers its first result', async () => {
      const ann = world.as('ann');
      const steps: (() => Promise<MemoryResult>)[] = [
        () => ann.reviseMemory({ id, content: 'new', scope: 'AGENT_PRIVATE', expectedVersion: 0, commandId: 'r' }),
        () => ann.deprecateMemory({ id, reason: 'old', commandId: 'd' }),
        () => ann.restoreMemory({ id, commandId: 's' }),
        () => ann.vote({ memory: id, value: 'HELPFUL', commandId: 'v' }),
        () => ann.retractVote({ memory: id, commandId: 'u' }),
      ];
      const first: MemoryResult[] = [];
      for (const step of steps) {
        first.push(await step());
        world.setTime(first.length);
      }
      const before = await eventCount();
      for (const [index, step] of steps.entries()) expect(await step()).toEqual(first[index]);
      expect(await eventCount()).toBe(before);
    });

    test('forgetting answers, although the memory is gone', async () => {
      const first = await world.as('ann').forgetMemory({ id, reason: 'asked for', commandId });
      expect(await world.as('ann').forgetMemory({ id, reason: 'asked for', commandId })).toEqual(first);
      await expect(world.as('ann').forgetMemory({ id, commandId })).rejects.toMatchObject(reused);
      await expect(world.as('ann').forgetMemory({ id })).rejects.toMatchObject(notFound('id'));
    });

    test('all at once, it happens once', async () => {
      const results = await Promise.all(
        Array.from({ length: 16 }, () => world.as('ann').reviseMemory({ id, content: 'new', commandId })),
      );
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(await eventCount()).toBe(2);
    });

    test('with other content, or as another command, it is refused', async () => {
      const ann = world.as('ann');
      await ann.reviseMemory({ id, content: 'new', commandId });
      await expect(ann.reviseMemory({ id, content: 'other', commandId })).rejects.toMatchObject(reused);
      await expect(ann.reviseMemory({ id, content: 'new', metadata: { a: 1 }, commandId })).rejects.toMatchObject(
        reused,
      );
      await expect(ann.deprecateMemory({ id, commandId })).rejects.toMatchObject(reused);
      await expect(ann.vote({ memory: id, value: 'HELPFUL', commandId })).rejects.toMatchObject({
        ...reused,
        details: { field: 'input.commandId' },
      });
    });

    test('another agent’s command is another', async () => {
      await world.as('bob').vote({ memory: id, value: 'HELPFUL', commandId });
      const { memory } = await world.as('cleo').vote({ memory: id, value: 'HARMFUL', commandId });
      expect(memory.votes.votes.map(({ voter }) => voter)).toEqual(['cleo', 'bob']);
    });

    test('it shows nothing that its caller may not read any more', async () => {
      await world.as('bob').vote({ memory: id, value: 'HELPFUL', commandId });
      await world.as('ann').reviseMemory({ id, scope: 'AGENT_PRIVATE' });
      await expect(world.as('bob').vote({ memory: id, value: 'HELPFUL', commandId })).rejects.toMatchObject(
        notFound('input.memory'),
      );
    });
  });

  describe('voting', () => {
    const votesOf = ({ memory }: MemoryResult) => memory.votes.votes.map(({ voter, value }) => `${voter} ${value}`);

    test('once, again, with another mind, and not at all', async () => {
      const qa = world.as('qa-agent');
      const ballot = { memory: id, task: 'import' };
      expect(votesOf(await qa.vote({ ...ballot, value: 'HELPFUL' }))).toEqual(['qa-agent HELPFUL']);
      expect(votesOf(await qa.vote({ ...ballot, value: 'HELPFUL' }))).toEqual(['qa-agent HELPFUL']);
      expect(await eventCount()).toBe(2);
      expect(votesOf(await qa.vote({ ...ballot, value: 'HARMFUL' }))).toEqual(['qa-agent HARMFUL']);
      expect(votesOf(await qa.retractVote(ballot))).toEqual([]);
      expect(votesOf(await qa.retractVote(ballot))).toEqual([]);
      expect(await eventCount()).toBe(4);
    });

    test('a team may, whose member shares with it, until it leaves', async () => {
      const shared = idOf(await world.as('ann').recordMemory({ content: 'ours', scope: 'AGENT_SHARED' }));
      const voting = () => world.as('bob').vote({ memory: shared, value: 'HELPFUL' });
      await expect(voting()).rejects.toMatchObject(notFound('input.memory'));
      await world.join('press', ['ann', 'bob']);
      expect(votesOf(await voting())).toEqual(['bob HELPFUL']);
      await world.as(null).removeFromTeam('press', ['bob']);
      await world.directory.refresh();
      await expect(voting()).rejects.toMatchObject(notFound('input.memory'));
    });

    test('64 at once, with revisions between them, all count', async () => {
      const voters = Array.from({ length: 64 }, (_, index) => `voter-${index}`);
      await Promise.all(
        voters.flatMap((voter, index) => [
          world.as(voter).vote({ memory: id, value: 'HELPFUL' }),
          ...(index % 8 === 0 ? [world.as('ann').reviseMemory({ id, content: `revision ${index}` })] : []),
        ]),
      );
      const { memory } = await world.as('ann').reviseMemory({ id });
      expect(memory.votes.votes.map(({ voter }) => voter).sort()).toEqual(voters.sort());
      expect(versionOf(memory)).toBe(72);
    });
  });
});
