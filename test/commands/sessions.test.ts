// Sessions: progress told in deltas by many at once, of which nothing is lost.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionResult } from '../../src/commands/context.ts';
import { sessionNoun } from '../../src/commands/session-stream.ts';
import { loadStream } from '../../src/commands/stream.ts';
import type { ProgressSessionInput } from '../../src/commands/work-inputs.ts';
import { evolve, isSessionEvent, type Session } from '../../src/domain/session.ts';
import { decode } from '../../src/events/codec.ts';
import { minute, TENANT } from '../support/fixtures.ts';
import { logs, openWorld, type World } from './world.ts';

const writers = Array.from({ length: 64 }, (_, n) => n);
const inLog = async (world: World, id: string) => (await loadStream(world.log, sessionNoun, TENANT, id)).state;
const statuses = ({ session }: SessionResult) => session.items.map(({ name, status }) => `${name}: ${status}`);

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(open);
  });
  afterEach(() => world.close());

  describe('starting', () => {
    test('it is the acting agent’s, in progress, with what comes next', async () => {
      const { session, position } = await world.as('ann').startSession({ items: ['fetch', 'parse', 'fetch'] });
      expect(session).toMatchObject({
        agent: 'ann',
        namespace: 'default',
        status: 'IN_PROGRESS',
        revision: 0,
        items: [
          { name: 'fetch', status: 'NEXT', by: 'ann', at: minute(0) },
          { name: 'parse', status: 'NEXT' },
        ],
      });
      expect(session.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(position).toBe(await world.log.head());
    });

    test('with an id that is there is a CONFLICT, unless the same command did it', async () => {
      const input = { id: 'import.q1', title: 'Import', agent: 'bob', commandId: 'c-1' };
      const first = await world.as('ann').startSession(input);
      await world.as('bob').progressSession({ id: 'import.q1', summary: 'under way' });
      expect(await world.as('ann').startSession(input)).toEqual(first);
      for (const again of [{ id: 'import.q1' }, { ...input, commandId: 'c-2' }])
        await expect(world.as('ann').startSession(again)).rejects.toMatchObject({
          code: 'CONFLICT',
          details: { field: 'input.id' },
        });
      await expect(world.as('ann').startSession({ ...input, title: 'Export' })).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
      });
    });

    test('of 64 with one id, one does', async () => {
      const started = await Promise.allSettled(writers.map((n) => world.as(`a${n}`).startSession({ id: 's' })));
      expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('the same command, many times at once, is one session', async () => {
      const results = await Promise.all(
        writers.map(() => world.as('ann').startSession({ title: 't', commandId: 'c' })),
      );
      for (const result of results) expect(result).toEqual(results[0]);
      expect(await world.events()).toHaveLength(1);
    });

    test('ids are per tenant', async () => {
      await world.as('ann').startSession({ id: 's', title: 'ours' });
      const { session } = await world.as('ann', { tenant: 'globex' }).startSession({ id: 's', title: 'theirs' });
      expect(session.title).toBe('theirs');
    });

    test.each([
      [{ id: 'no spaces' }, 'id'],
      [{ id: '' }, 'id'],
      [{ id: 'x'.repeat(65) }, 'id'],
      [{ agent: 'no spaces' }, 'agent'],
      [{ namespace: 'a+b' }, 'namespace'],
      [{ title: '' }, 'title'],
      [{ items: ['a', ''] }, 'items.1'],
      [{ items: Array.from({ length: 1_001 }, (_, n) => `${n}`) }, 'items'],
      [{ total: 0 }, 'total'],
      [{ total: 1.5 }, 'total'],
    ])('%o is refused', async (input, field) => {
      await expect(world.as('ann').startSession(input)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: `input.${field}` },
      });
      expect(await world.events()).toEqual([]);
    });

    test('needs an acting agent', async () => {
      await expect(world.as(null).startSession({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(world.admin.startSession({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });
  });

  describe('progress', () => {
    const id = 's';
    beforeEach(async () => {
      await world.as('ann').startSession({ id, items: ['a', 'b', 'c'] });
    });
    const tell = (delta: Omit<ProgressSessionInput, 'id'>, agent = 'bob') =>
      world.as(agent).progressSession({ id, ...delta });

    test('changes only what it names', async () => {
      await tell({ completed: ['a'], summary: 'one of three', total: 4 });
      const { session, position } = await tell(
        { blocked: [{ name: 'b', reason: 'no key' }], lastAction: 'asked' },
        'cid',
      );
      expect(session).toMatchObject({ summary: 'one of three', lastAction: 'asked', total: 4, revision: 2 });
      expect(session.items).toMatchObject([
        { name: 'a', status: 'COMPLETED', by: 'bob' },
        { name: 'b', status: 'BLOCKED', reason: 'no key', by: 'cid' },
        { name: 'c', status: 'NEXT', by: 'ann' },
      ]);
      expect(position).toBe(await world.log.head());
    });

    test('an item in several lists of a delta has the status of the last, however often it is named', async () => {
      const result = await tell({
        removed: ['c'],
        completed: ['a', 'a', 'c'],
        inProgress: ['a', 'b'],
        next: ['a', 'b', 'd'],
        blocked: [
          { name: 'b', reason: 'first' },
          { name: 'b', reason: 'second' },
        ],
      });
      expect(statuses(result)).toEqual(['a: COMPLETED', 'b: BLOCKED', 'd: NEXT']);
      expect(result.session.items[1]?.reason).toBe('second');
    });

    test('that names nothing is no event', async () => {
      const { session, position } = await tell({});
      expect(session.revision).toBe(0);
      expect(position).toBe(await world.log.head());
      expect(await world.events()).toHaveLength(1);
    });

    test('on a finished session needs a status, which opens it again', async () => {
      for (const status of ['COMPLETED', 'ABANDONED'] as const) {
        await tell({ status });
        await expect(tell({ completed: ['b'] })).rejects.toMatchObject({
          code: 'CONFLICT',
          details: { field: 'input.id' },
        });
        const { session } = await tell({ status: 'IN_PROGRESS', completed: ['b'] });
        expect(session.status).toBe('IN_PROGRESS');
      }
    });

    test('by the operator is told, too', async () => {
      const { session } = await world.as(null).progressSession({ id, status: 'ABANDONED' });
      expect(session.status).toBe('ABANDONED');
    });

    test('on what is not there is NOT_FOUND', async () => {
      for (const unknown of ['nowhere', 'no spaces', ''])
        await expect(tell({ summary: 'x', ...{ id: unknown } })).rejects.toMatchObject({
          code: 'NOT_FOUND',
          details: { field: 'input.id' },
        });
      await expect(world.as('ann', { tenant: 'globex' }).progressSession({ id, summary: 'x' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    test.each([
      [{ completed: ['x'.repeat(501)] }, 'completed.0'],
      [{ next: [''] }, 'next.0'],
      [{ removed: ['a\0'] }, 'removed.0'],
      [{ blocked: [{ name: 'a', reason: '' }] }, 'blocked.0.reason'],
      [{ summary: '' }, 'summary'],
      [{ lastAction: 'x'.repeat(2_001) }, 'lastAction'],
      [{ total: -1 }, 'total'],
    ])('%o is refused', async (delta, field) => {
      await expect(tell(delta)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: `input.${field}` } });
      expect(await world.events()).toHaveLength(1);
    });

    test('a session has 1,000 items at most', async () => {
      const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `item ${from + n}`);
      await tell({ next: names(0, 997) });
      await expect(tell({ next: ['one more'] })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'input.id', limit: 1_000 },
      });
      const { session } = await tell({ next: ['one more'], removed: ['a'], completed: names(0, 997) });
      expect(session.items).toHaveLength(1_000);
    });

    test('64 at once lose nothing, and each is answered with the session just after it', async () => {
      const results = await Promise.all(
        writers.map((n) => tell({ completed: [`of ${n}`], next: ['shared'], lastAction: `${n}` }, `agent-${n}`)),
      );
      const session = await inLog(world, id);
      expect(
        session?.items
          .filter(({ status }) => status === 'COMPLETED')
          .map(({ name }) => name)
          .sort(),
      ).toEqual(writers.map((n) => `of ${n}`).sort());
      expect(results.map(({ session: { revision } }) => revision).sort((a, b) => a - b)).toEqual(
        writers.map((n) => n + 1),
      );
      for (const [n, result] of results.entries()) expect(result.session.lastAction).toBe(`${n}`);
      const states = await statesOf(world, id);
      for (const { session: after, position } of results) {
        expect(after).toEqual(states[after.revision]?.session);
        expect(position).toBe(states[after.revision]?.position);
      }
    });

    test('64 with one expected version: one holds', async () => {
      const results = await Promise.allSettled(
        writers.map((n) => tell({ next: [`of ${n}`], expectedVersion: 0 }, `agent-${n}`)),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(63);
      for (const { reason } of refused)
        expect(reason).toMatchObject({ code: 'CONFLICT', details: { field: 'input.expectedVersion', version: 1 } });
      expect((await inLog(world, id))?.items).toHaveLength(4);
    });

    test('two processes see what the other wrote', async () => {
      const other = world.anotherProcess();
      for (let n = 0; n < 5; n += 1) {
        await tell({ completed: [`here ${n}`] });
        const { session } = await other('bob').progressSession({ id, completed: [`there ${n}`] });
        expect(session.items).toHaveLength(3 + 2 * (n + 1));
      }
    });

    describe('sent again', () => {
      const delta = { completed: ['a'], status: 'COMPLETED', commandId: 'c-1' } as const;

      test('it is told once, and answers the first result', async () => {
        const first = await tell(delta);
        world.setTime(3);
        expect(await tell(delta)).toEqual(first);
        await tell({ status: 'IN_PROGRESS', next: ['a'] });
        expect(await tell(delta)).toEqual(first);
        expect(await world.events()).toHaveLength(3);
      });

      test('with the version that it expected, it answers the first result', async () => {
        const first = await tell({ completed: ['b'], expectedVersion: 0, commandId: 'c-2' });
        await tell({ summary: 'later' });
        expect(await tell({ completed: ['b'], expectedVersion: 0, commandId: 'c-2' })).toEqual(first);
      });

      test('after the session was finished, it answers the first result', async () => {
        const first = await tell({ completed: ['b'], commandId: 'c-2' });
        await tell({ status: 'COMPLETED' });
        expect(await tell({ completed: ['b'], commandId: 'c-2' })).toEqual(first);
      });

      test('many times at once, it is told once', async () => {
        const results = await Promise.all(writers.map(() => tell(delta)));
        for (const result of results) expect(result).toEqual(results[0]);
        expect(await world.events()).toHaveLength(2);
      });

      test('with other content it is refused', async () => {
        await tell({ completed: ['a'], commandId: 'c-1' });
        for (const other of [{ completed: ['b'] }, { next: ['a'] }, { completed: ['a'], summary: 'x' }, {}])
          await expect(tell({ ...other, commandId: 'c-1' })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
        expect(await world.events()).toHaveLength(2);
      });
    });

    test('a session that was begun again is not taken for the one that was deleted', async () => {
      await tell({ completed: ['a'] });
      await world.log.deleteStream(`session-${TENANT}+${id}`);
      await expect(tell({ completed: ['a'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await world.as('bob').startSession({ id, items: ['other'] });
      expect(statuses(await tell({ completed: ['a'] }))).toEqual(['other: NEXT', 'a: COMPLETED']);
    });
  });
});

type At = { session: Session | null; position: string };

/** The session after each of its events. */
async function statesOf(world: World, id: string): Promise<At[]> {
  const states: At[] = [];
  for (const recorded of await world.log.readStream(`session-${TENANT}+${id}`)) {
    const decoded = decode(recorded);
    if (decoded === null || !isSessionEvent(decoded.event)) throw new Error('a session has its own events only');
    const session = evolve(states.at(-1)?.session ?? null, decoded.event, decoded.at);
    states.push({ session, position: recorded.position });
  }
  return states;
}

const names = fc.subarray(['a', 'b', 'c', 'd']);
const delta = fc.record({
  completed: names,
  inProgress: names,
  next: names,
  removed: names,
  blocked: names.map((blocked) => blocked.map((name) => ({ name, reason: 'waiting' }))),
  summary: fc.option(fc.constantFrom('so far', 'further'), { nil: undefined }),
  status: fc.option(fc.constantFrom('IN_PROGRESS' as const, 'BLOCKED' as const), { nil: undefined }),
});

/** Deltas and retries in flight together; each is one writer's sends of one delta. */
const sends = fc.array(fc.record({ delta, process: fc.nat({ max: 1 }), times: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 12,
});

test('any interleaving of deltas and retries gives the state of some serial order with every delta in it', async () => {
  await fc.assert(
    fc.asyncProperty(sends, fc.scheduler(), async (given, scheduler) => {
      const world = await openWorld();
      const processes = [world.as, world.anotherProcess()];
      await world.as('ann').startSession({ id: 's' });
      const told = given.flatMap(({ delta, process, times }, n) => {
        const input = { id: 's', ...delta, lastAction: `${n}`, commandId: `c-${n}` };
        const send = async () => processes[process]?.(`agent-${n % 3}`).progressSession(input);
        return Array.from({ length: times }, async () => {
          await scheduler.schedule(Promise.resolve());
          return { n, answer: await send() };
        });
      });
      await scheduler.waitFor(Promise.all(told));

      // The serial order is the log's: it has every delta once, and folding it is telling them one after the other.
      const states = await statesOf(world, 's');
      const order = states.slice(1).map(({ session }) => Number(session?.lastAction));
      expect([...order].sort((a, b) => a - b)).toEqual(given.map((_, n) => n));
      const serial = await openWorld();
      await serial.as('ann').startSession({ id: 's' });
      for (const n of order)
        await serial.as(`agent-${n % 3}`).progressSession({ id: 's', ...given[n]?.delta, lastAction: `${n}` });
      expect(await inLog(world, 's')).toEqual(await inLog(serial, 's'));

      // And each send, the first or another, was answered with the state just after its delta.
      for (const { n, answer } of await Promise.all(told)) {
        const after = states[order.indexOf(n) + 1];
        expect(answer).toMatchObject({ session: after?.session, position: after?.position });
      }
      await world.close();
      await serial.close();
    }),
    { numRuns: 100 },
  );
}, 60_000);
