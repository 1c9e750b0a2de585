// Runs: how one ended is a vote for or against each memory it used, and a reflection on what went wrong, once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadMemory } from '../../src/commands/memory-stream.ts';
import { TENANT } from '../support/fixtures.ts';
import { idOf, logs, NEVER, openWorld, type World } from './world.ts';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  let own: string;
  let shared: string;
  let secret: string;
  beforeEach(async () => {
    world = await openWorld(open);
    own = idOf(await world.as('ann').recordMemory({ content: 'of ann' }));
    shared = idOf(await world.as('bob').recordMemory({ content: 'of bob, for all', scope: 'GLOBAL' }));
    secret = idOf(await world.as('bob').recordMemory({ content: 'of bob alone' }));
  });
  afterEach(() => world.close());

  const memory = async (id: string) => (await loadMemory(world.log, TENANT, id)).state;
  const votesOn = async (id: string) => (await memory(id))?.votes.votes;
  const start = (memories: string[] = [own, shared]) =>
    world.as('ann').startRun({ id: 'run-1', task: 'Import bom.csv', namespace: 'etl', memories });
  const eventsAfter = async <T>(work: () => Promise<T>) => {
    const before = (await world.events()).length;
    await work();
    return (await world.events()).slice(before).map(({ type }) => type);
  };

  describe('starting', () => {
    test('it is the acting agent’s, and runs', async () => {
      const { run, position } = await start();
      expect(run).toMatchObject({
        id: 'run-1',
        agent: 'ann',
        task: 'Import bom.csv',
        status: 'RUNNING',
        memories: [own, shared],
        completedAt: null,
      });
      expect(position).toBe(await world.log.head());
    });

    test('with what it cannot read is NOT_FOUND', async () => {
      for (const unreadable of [secret, NEVER, 'no id'])
        await expect(start([own, unreadable])).rejects.toMatchObject({
          code: 'NOT_FOUND',
          details: { field: 'input.memories.1' },
        });
    });

    test('an id that is there is a CONFLICT, and a retry is not', async () => {
      const input = { id: 'run-2', task: 'again', commandId: 'c-1' };
      const first = await world.as('ann').startRun(input);
      expect(await world.as('ann').startRun(input)).toEqual(first);
      await expect(world.as('bob').startRun(input)).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    test('needs an acting agent, and a task', async () => {
      await expect(world.as(null).startRun({ task: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(world.as('ann').startRun({ task: '' })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'input.task' },
      });
    });
  });

  describe('completing', () => {
    const complete = (input: object = {}, agent: string | null = 'ann') =>
      world.as(agent).completeRun({ id: 'run-1', success: true, ...input });

    test('well is a helpful vote for each memory used, in one append', async () => {
      await start();
      const { run, position } = await complete({ evaluation: { rows: 412 } });
      expect(run).toMatchObject({ status: 'SUCCEEDED', evaluation: { rows: 412 }, reflections: [], revision: 1 });
      expect(await votesOn(shared)).toMatchObject([{ voter: 'ann', task: 'run-1', value: 'HELPFUL', own: false }]);
      expect(await votesOn(own)).toMatchObject([{ own: true }]);
      expect(position).toBe(await world.log.head());
      const { events } = await world.log.read({ after: null, limit: 100 });
      expect(new Set(events.slice(-3).map(({ recordedAt }) => recordedAt)).size).toBe(1);
    });

    test('badly, with an error, is a harmful vote and a reflection', async () => {
      await start();
      const { run } = await complete({ success: false, error: 'no rows', errorPattern: 'silent parse failure' });
      expect(run).toMatchObject({ status: 'FAILED', error: 'no rows' });
      expect(await votesOn(shared)).toMatchObject([{ value: 'HARMFUL' }]);
      const [reflection = ''] = run.reflections;
      expect(await memory(reflection)).toMatchObject({
        memory: {
          type: 'REFLECTION',
          agent: 'ann',
          scope: 'GLOBAL',
          namespace: 'etl',
          content: 'The run "Import bom.csv" failed: no rows',
          metadata: { run: 'run-1' },
          lesson: { errorPattern: 'silent parse failure' },
          sources: [{ memory: own }, { memory: shared }],
        },
      });
    });

    test('without an error, or when told so, reflects on nothing and votes on nothing', async () => {
      await start();
      expect(await eventsAfter(() => complete({ success: false, autoVote: false }))).toEqual(['run.completed']);
      await world.as('ann').startRun({ id: 'run-2', task: 'x', memories: [shared] });
      const types = await eventsAfter(() =>
        complete({ id: 'run-2', success: false, error: 'e', autoReflect: false, autoVote: false }),
      );
      expect(types).toEqual(['run.completed']);
    });

    test('votes for those that it names, in place of those of the start', async () => {
      await start([own]);
      const { run } = await complete({ memories: [shared, shared] });
      expect(run.memories).toEqual([shared]);
      expect(await votesOn(own)).toEqual([]);
      expect(await votesOn(shared)).toHaveLength(1);
    });

    test('with one that it cannot read is NOT_FOUND, and completes nothing', async () => {
      await start();
      for (const autoVote of [true, false])
        await expect(complete({ memories: [own, secret], autoVote })).rejects.toMatchObject({
          code: 'NOT_FOUND',
          details: { field: 'input.memories.1' },
        });
      expect((await complete()).run.status).toBe('SUCCEEDED');
    });

    test('does not vote on what was forgotten or hidden since the start', async () => {
      await start();
      await world.as('bob').reviseMemory({ id: shared, scope: 'AGENT_PRIVATE' });
      expect(await eventsAfter(() => complete())).toEqual(['memory.voted', 'run.completed']);
    });

    test('each run of a task counts, once', async () => {
      for (const id of ['run-1', 'run-2']) {
        await world.as('ann').startRun({ id, task: 'Import', memories: [shared] });
        await complete({ id });
      }
      expect(await votesOn(shared)).toHaveLength(2);
    });

    test('a second time is a CONFLICT; of 64 at once one does', async () => {
      await start();
      const failing = { success: false, error: 'no rows' };
      const results = await Promise.allSettled(Array.from({ length: 64 }, () => complete(failing)));
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(63);
      for (const { reason } of refused)
        expect(reason).toMatchObject({ code: 'CONFLICT', message: 'the run is FAILED already' });
      expect((await world.events()).filter(({ type }) => type === 'reflection.recorded')).toHaveLength(1);
      expect(await votesOn(shared)).toHaveLength(1);
    });

    test('of two processes one does', async () => {
      await start();
      const other = world.anotherProcess();
      const results = await Promise.allSettled([complete(), other('ann').completeRun({ id: 'run-1', success: false })]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await votesOn(shared)).toHaveLength(1);
    });

    test('sent again by the same command, it answers the first result', async () => {
      await start();
      const input = { success: false, error: 'no rows', commandId: 'c-1' };
      const first = await complete(input);
      world.setTime(9);
      expect(await eventsAfter(async () => expect(await complete(input)).toEqual(first))).toEqual([]);
      for (const other of [
        { ...input, success: true },
        { ...input, error: 'other' },
        { ...input, autoVote: false },
      ])
        await expect(complete(other)).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
    });

    test('is its agent’s, or the operator’s, who then speaks for the agent', async () => {
      await start();
      await expect(complete({}, 'bob')).rejects.toMatchObject({ code: 'FORBIDDEN', details: { field: 'input.id' } });
      const { run } = await complete({ success: false, error: 'gave up' }, null);
      expect(await votesOn(shared)).toMatchObject([{ voter: 'ann', value: 'HARMFUL' }]);
      expect((await memory(run.reflections[0] ?? ''))?.memory.agent).toBe('ann');
    });

    test('what is not there is NOT_FOUND', async () => {
      await expect(complete({ id: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test.each([
      [{ evaluation: { a: { b: { c: { d: { e: {} } } } } } }, 'evaluation'],
      [{ error: '' }, 'error'],
      [{ errorPattern: 'x'.repeat(2_001) }, 'errorPattern'],
      [{ memories: Array.from({ length: 101 }, () => NEVER) }, 'memories'],
    ])('%o is refused', async (input, field) => {
      await start();
      await expect(complete(input)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: `input.${field}` },
      });
    });

    test('long and odd texts are cut for the vote and the lesson', async () => {
      const task = `${'x'.repeat(999)}\u{1F600}`;
      await world.as('ann').startRun({ id: 'run-1', task, memories: [shared] });
      const { run } = await complete({ success: false, error: `${'y'.repeat(1_999)}\u{1F600}` });
      expect((await votesOn(shared))?.[0]?.context).toHaveLength(1_000);
      expect((await memory(run.reflections[0] ?? ''))?.memory.lesson?.errorPattern).toHaveLength(2_000);
    });
  });
});
