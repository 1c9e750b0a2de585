import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../src/domain/limits.ts';
import { minute } from '../support/fixtures.ts';
import { idOf, NEVER, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world.join('press', ['writer', 'editor']);
});
afterEach(() => world.close());

const to = { team: 'press' };
const record = async (agent: string, content: string, more: object = {}) =>
  idOf(await world.as(agent).recordMemory({ content, ...more }));
const offer = async (more: object = {}) =>
  (await world.as('ann').offerHandoff({ to, task: 'Write the summary', ...more })).handoff;
const leave = async (agent: string) => {
  await world.as(null).removeFromTeam('press', [agent]);
  await world.directory.refresh();
};
const notFound = { code: 'NOT_FOUND', details: { field: 'input.id' } };
const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

describe('offering', () => {
  test('keeps what is offered, and where the log stood', async () => {
    const memory = await record('ann', 'the import is done', { scope: 'GLOBAL' });
    const pinnedAt = await world.log.head();
    const { handoff, position } = await world.as('ann').offerHandoff({
      to,
      task: 'Write the summary',
      context: { deadline: 'friday' },
      memories: [memory, memory],
      ttl: 120,
    });
    expect(handoff).toMatchObject({
      tenant: 'acme',
      revision: 0,
      status: 'OFFERED',
      from: 'ann',
      to: { agent: null, team: 'press' },
      task: 'Write the summary',
      context: { deadline: 'friday' },
      memories: [memory],
      withheld: [],
      session: null,
      pinnedAt,
      acceptedBy: null,
      offeredAt: minute(0),
      expiresAt: minute(2),
    });
    expect(position).toBe(await world.log.head());
  });

  test('what the sender cannot read is not passed on', async () => {
    const own = await record('ann', 'mine');
    const others = await record('bob', 'his own');
    const refusal = { code: 'NOT_FOUND', details: { field: 'input.memories.2' } };
    await expect(offer({ memories: [own, own, others] })).rejects.toMatchObject(refusal);
    expect(await failureOf(offer({ memories: [own, own, others] }))).toEqual(
      await failureOf(offer({ memories: [own, own, NEVER] })),
    );
    await world.as('ann').forgetMemory({ id: own });
    await expect(offer({ memories: [own] })).rejects.toMatchObject({ details: { field: 'input.memories.0' } });
    expect((await world.events()).filter(({ type }) => type.startsWith('handoff.'))).toEqual([]);
  });

  test('what the recipient cannot read is kept from it, and told to the sender', async () => {
    const open = await record('ann', 'for all', { scope: 'GLOBAL' });
    const secret = await record('ann', 'mine');
    const toPress = await record('ann', 'for the press', { scope: 'AGENT_SHARED', sharedWith: { teams: ['press'] } });
    const toEditor = await record('ann', 'for one', { scope: 'AGENT_SHARED', sharedWith: { agents: ['editor'] } });
    const memories = [open, secret, toPress, toEditor];
    expect(await offer({ memories })).toMatchObject({ memories, withheld: [secret, toEditor] });
    expect(await offer({ memories, to: { agent: 'editor' } })).toMatchObject({ memories, withheld: [secret] });
    expect(await offer({ memories, to: { agent: 'bob' } })).toMatchObject({ withheld: [secret, toPress, toEditor] });

    const { id } = await offer({ memories });
    expect((await world.as('writer').acceptHandoff({ id })).handoff.withheld).toEqual([]);
    expect((await world.as(null).completeHandoff({ id })).handoff.withheld).toEqual([secret, toEditor]);
  });

  test('needs a team that is there, and another than oneself', async () => {
    await expect(offer({ to: { team: 'nobody' } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { field: 'input.to.team' },
    });
    await leave('writer');
    await leave('editor');
    await expect(offer()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { field: 'input.to.team' } });
    await expect(offer({ to: { agent: 'ann' } })).rejects.toMatchObject({ details: { field: 'input.to.agent' } });
    await expect(offer({ to: { agent: 'ann', team: 'press' } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'input.to' },
    });
    await expect(world.as(null).offerHandoff({ to, task: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('needs a session that is there, anybody’s', async () => {
    await expect(offer({ session: 's-1' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { field: 'input.session' },
    });
    await world.as('bob').startSession({ id: 's-1' });
    expect(await offer({ session: 's-1' })).toMatchObject({ session: 's-1' });
  });

  test.each([
    ['of a task of 10,001 characters', { task: 'x'.repeat(10_001) }, 'input.task'],
    ['of 101 memories', { memories: Array(101).fill(NEVER) }, 'input.memories'],
    ['that recalls 51', { recall: 51 }, 'input.recall'],
    ['for 0 seconds', { ttl: 0 }, 'input.ttl'],
    ['of a context of too many bytes', { context: { a: 'x'.repeat(limits.metadataBytes) } }, 'input.context'],
  ])('%s is refused', async (_, more, field) => {
    await expect(offer(more)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field } });
  });

  test('twice with one commandId is offering once', async () => {
    const memory = await record('ann', 'mine');
    const command = { to, task: 'Write', memories: [memory], ttl: 60, commandId: 'c-1' };
    const [first, again] = await Promise.all([
      world.as('ann').offerHandoff(command),
      world.anotherProcess()('ann').offerHandoff(command),
    ]);
    expect(again).toEqual(first);
    world.setTime(0.5);
    await world.as('ann').forgetMemory({ id: memory });
    expect(await world.as('ann').offerHandoff(command)).toEqual(first);
    for (const other of [
      { task: 'Read' },
      { memories: [] },
      { ttl: 61 },
      { to: { agent: 'bob' } },
      { context: { a: 1 } },
    ])
      await expect(world.as('ann').offerHandoff({ ...command, ...other })).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
        details: { field: 'input.commandId' },
      });
    expect((await world.as('bob').offerHandoff({ ...command, memories: [] })).handoff.id).not.toBe(first.handoff.id);
  });
});

describe('recalling', () => {
  beforeEach(async () => {
    await record('ann', 'summary of the mine', { scope: 'AGENT_PRIVATE' });
    await record('bob', 'summary of a secret', { scope: 'AGENT_PRIVATE' });
  });

  test('adds what fits the task and both may read', async () => {
    const open = await record('bob', 'how a summary is written', { scope: 'GLOBAL' });
    await record('bob', 'nothing to do with it', { scope: 'GLOBAL' });
    const toEditor = await record('bob', 'summary for one', {
      scope: 'AGENT_SHARED',
      sharedWith: { agents: ['editor'] },
    });
    const own = await record('ann', 'summary mine', { scope: 'AGENT_SHARED', sharedWith: { teams: ['press'] } });
    const recalled = await offer({ recall: 10 });
    expect(new Set(recalled.memories)).toEqual(new Set([open, own]));
    expect(recalled.withheld).toEqual([]);
    expect(recalled.memories).not.toContain(toEditor);
    expect((await offer({ recall: 10, to: { agent: 'intern' } })).memories).toEqual([open]);
  });

  test('adds no more than it is asked for, and nothing twice', async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, (_, index) => record('bob', `summary ${index}`, { scope: 'GLOBAL' })),
    );
    const [named = ''] = ids;
    const { memories } = await offer({ memories: [named], recall: 2 });
    expect(memories).toHaveLength(3);
    expect(memories[0]).toBe(named);
    expect(new Set(memories).size).toBe(3);
  });

  test('a retry answers what was recalled the first time', async () => {
    await record('bob', 'summary one', { scope: 'GLOBAL' });
    const command = { to, task: 'Write the summary', recall: 5, commandId: 'c-1' };
    const first = await world.as('ann').offerHandoff(command);
    await record('bob', 'summary two', { scope: 'GLOBAL' });
    expect(await world.as('ann').offerHandoff(command)).toEqual(first);
    expect(first.handoff.memories).toHaveLength(1);
    await expect(world.as('ann').offerHandoff({ ...command, recall: 0 })).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
  });

  test('needs the views; an offer without it does not', async () => {
    world.takeViewsAway();
    await expect(offer({ recall: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await offer()).toMatchObject({ status: 'OFFERED' });
  });
});

describe('answering', () => {
  test('accept, then complete', async () => {
    const { id } = await offer();
    world.setTime(1);
    const { handoff } = await world.as('writer').acceptHandoff({ id, reason: 'I was there', expectedVersion: 0 });
    expect(handoff).toMatchObject({ status: 'ACCEPTED', acceptedBy: 'writer', reason: 'I was there', revision: 1 });
    world.setTime(2);
    expect((await world.as('writer').completeHandoff({ id, result: 'in the wiki' })).handoff).toMatchObject({
      status: 'COMPLETED',
      result: 'in the wiki',
      reason: 'I was there',
      updatedAt: minute(2),
    });
  });

  test('accepting twice says who was first', async () => {
    const { id } = await offer();
    await world.as('writer').acceptHandoff({ id });
    for (const agent of ['editor', 'writer'])
      await expect(world.as(agent).acceptHandoff({ id })).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'already accepted by writer',
        details: { field: 'input.id' },
      });
  });

  test('a stale expectedVersion is refused', async () => {
    const { id } = await offer();
    await expect(world.as('writer').acceptHandoff({ id, expectedVersion: 3 })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { field: 'input.expectedVersion', version: 0 },
    });
  });

  test('a retry answers the first result, whatever came after it', async () => {
    const { id } = await offer({ ttl: 60 });
    const accept = { id, commandId: 'c-1' };
    const first = await world.as('writer').acceptHandoff(accept);
    await world.as('writer').completeHandoff({ id, result: 'done' });
    world.setTime(9);
    expect(await world.as('writer').acceptHandoff(accept)).toEqual(first);
    await expect(world.as('writer').acceptHandoff({ ...accept, reason: 'other' })).rejects.toMatchObject({
      code: 'COMMAND_ID_REUSED',
    });
    await expect(world.as('editor').acceptHandoff(accept)).rejects.toMatchObject({
      message: 'already completed by writer',
    });
  });

  test('what expired a millisecond ago cannot be accepted any more', async () => {
    const { id } = await offer({ ttl: 60 });
    const late = await offer({ ttl: 60 });
    world.setTime(1 - 1 / 60_000);
    expect((await world.as('writer').acceptHandoff({ id })).handoff.status).toBe('ACCEPTED');
    world.setTime(1 + 1 / 60_000);
    const expired = { code: 'CONFLICT', message: `the handoff expired at ${minute(1)}` };
    await expect(world.as('writer').acceptHandoff({ id: late.id })).rejects.toMatchObject(expired);
    await expect(world.as('writer').declineHandoff({ id: late.id })).rejects.toMatchObject(expired);
    await expect(world.as('ann').cancelHandoff({ id: late.id })).rejects.toMatchObject(expired);
  });

  test('whoever it does not concern is told what one is told of what never was', async () => {
    const { id } = await offer();
    const never = await failureOf(world.as('bob').acceptHandoff({ id: NEVER }));
    expect(never).toMatchObject(notFound);
    for (const how of ['acceptHandoff', 'declineHandoff', 'completeHandoff', 'cancelHandoff'] as const) {
      expect(await failureOf(world.as('bob')[how]({ id }))).toEqual(never);
      expect(await failureOf(world.as('writer', { tenant: 'other' })[how]({ id }))).toEqual(never);
      expect(await failureOf(world.as('bob')[how]({ id: 'no id at all' }))).toEqual(never);
    }
    await expect(world.as('ann').acceptHandoff({ id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(world.as('writer').cancelHandoff({ id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(world.as(null).acceptHandoff({ id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('who left the team sees its handoffs no more, but for what it accepted itself', async () => {
    const open = await offer();
    const taken = await offer();
    await world.as('writer').acceptHandoff({ id: taken.id });
    await leave('writer');
    await expect(world.as('writer').acceptHandoff({ id: open.id })).rejects.toMatchObject(notFound);
    expect((await world.as('writer').completeHandoff({ id: taken.id })).handoff.status).toBe('COMPLETED');
    expect((await world.as('editor').acceptHandoff({ id: open.id })).handoff.acceptedBy).toBe('editor');
  });

  test('who joins the team later may accept', async () => {
    const { id } = await offer();
    await expect(world.as('bob').acceptHandoff({ id })).rejects.toMatchObject(notFound);
    await world.join('press', ['bob']);
    expect((await world.as('bob').acceptHandoff({ id })).handoff.acceptedBy).toBe('bob');
  });
});
