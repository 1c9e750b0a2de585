import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../src/domain/limits.ts';
import { minute, TENANT } from '../support/fixtures.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const forbidden = { code: 'FORBIDDEN' };
const invalid = (field: string) => ({ code: 'INVALID_INPUT', details: { field } });

describe('issuing keys', () => {
  test("a tenant's operator issues keys of that tenant", async () => {
    const { key, secret } = await world.as(null).issueKey({ role: 'AGENT', agent: 'ann', label: 'laptop', ttl: 60 });
    expect(key).toEqual({
      id: key.id,
      tenant: TENANT,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      role: 'AGENT',
      agent: 'ann',
      label: 'laptop',
      createdAt: minute(0),
      expiresAt: minute(1),
      revokedAt: null,
    });
    expect(secret).toMatch(/^annals_[\w-]{43}$/);
    expect(world.directory.findKey(secret)).toEqual(key);
    await expect(world.as(null).issueKey({ role: 'TENANT', tenant: TENANT })).resolves.toMatchObject({
      key: { role: 'TENANT', tenant: TENANT, expiresAt: null },
    });
  });

  test('the secret is kept nowhere', async () => {
    const { secret } = await world.as(null).issueKey({ role: 'TENANT' });
    const { events } = await world.log.read({ after: null, limit: 10 });
    expect(JSON.stringify(events)).not.toContain(secret.slice('annals_'.length));
  });

  test('of another tenant, or of an administrator, it may not', async () => {
    await expect(world.as(null).issueKey({ role: 'TENANT', tenant: 'other' })).rejects.toMatchObject({
      ...forbidden,
      details: { field: 'input.tenant' },
    });
    await expect(world.as(null).issueKey({ role: 'ADMIN' })).rejects.toMatchObject(forbidden);
  });

  test('an agent issues none, nor does an acting agent', async () => {
    for (const agent of [world.as('ann', { role: 'AGENT' }), world.as('ann')])
      await expect(agent.issueKey({ role: 'AGENT', agent: 'ann' })).rejects.toMatchObject(forbidden);
  });

  test('the administrator issues keys of any tenant that it names, and administrators’', async () => {
    const { admin } = world;
    expect((await admin.issueKey({ role: 'TENANT', tenant: 'new' })).key.tenant).toBe('new');
    expect((await admin.issueKey({ role: 'AGENT', tenant: 'new', agent: 'ann' })).key.agent).toBe('ann');
    expect((await admin.issueKey({ role: 'ADMIN' })).key.tenant).toBeNull();
    await expect(admin.issueKey({ role: 'TENANT' })).rejects.toMatchObject(invalid('input.tenant'));
    await expect(admin.issueKey({ role: 'ADMIN', tenant: 'new' })).rejects.toMatchObject(invalid('input.tenant'));
    await expect(admin.issueKey({ role: 'TENANT', tenant: '$server' })).rejects.toMatchObject(invalid('input.tenant'));
  });

  test.each([
    ['an agent’s key without an agent', { role: 'AGENT' }, 'input.agent'],
    ['a tenant’s key with one', { role: 'TENANT', agent: 'ann' }, 'input.agent'],
    ['an agent’s name that is none', { role: 'AGENT', agent: 'ann b' }, 'input.agent'],
    ['a ttl of 0', { role: 'TENANT', ttl: 0 }, 'input.ttl'],
    ['an endless label', { role: 'TENANT', label: 'x'.repeat(limits.label + 1) }, 'input.label'],
  ] as const)('%s is refused', async (_, input, field) => {
    await expect(world.as(null).issueKey(input)).rejects.toMatchObject(invalid(field));
    expect(await world.events()).toEqual([]);
  });
});

describe('revoking keys', () => {
  test('twice answers the same, though both are sent at once', async () => {
    const { key } = await world.as(null).issueKey({ role: 'TENANT' });
    world.setTime(1);
    const revoked = { ...key, revokedAt: minute(1) };
    expect(await Promise.all([world.as(null).revokeKey(key.id), world.as(null).revokeKey(key.id)])).toEqual([
      revoked,
      revoked,
    ]);
    world.setTime(2);
    expect(await world.as(null).revokeKey(key.id)).toEqual(revoked);
  });

  test('of another tenant is like revoking what never was', async () => {
    const { key } = await world.as(null, { tenant: 'other' }).issueKey({ role: 'TENANT' });
    const { key: admins } = await world.admin.issueKey({ role: 'ADMIN' });
    const failureOf = (id: string) =>
      world
        .as(null)
        .revokeKey(id)
        .catch((error: unknown) => error);
    const never = await failureOf('no key');
    expect(never).toMatchObject({ code: 'NOT_FOUND', details: { field: 'id' } });
    expect(await failureOf(key.id)).toEqual(never);
    expect(await failureOf(admins.id)).toEqual(never);
  });

  test('is for operators and the administrator', async () => {
    const { key } = await world.as(null).issueKey({ role: 'TENANT' });
    await expect(world.as('ann').revokeKey(key.id)).rejects.toMatchObject(forbidden);
    await expect(world.as('ann', { role: 'AGENT' }).revokeKey(key.id)).rejects.toMatchObject(forbidden);
    expect((await world.admin.revokeKey(key.id)).revokedAt).toBe(minute(0));
  });
});

describe('teams', () => {
  test('gain and lose members', async () => {
    const operator = world.as(null);
    expect((await operator.addToTeam('press', ['bob', 'ann', 'bob'])).team).toEqual({
      name: 'press',
      members: ['ann', 'bob'],
    });
    const { team, position } = await operator.removeFromTeam('press', ['bob', 'cleo']);
    expect(team.members).toEqual(['ann']);
    expect(position).toBe(await world.log.head());
  });

  test('that change in nothing append nothing', async () => {
    const operator = world.as(null);
    const { position } = await operator.addToTeam('press', ['ann']);
    expect(await operator.addToTeam('press', ['ann'])).toMatchObject({ position });
    expect(await operator.removeFromTeam('press', ['bob'])).toMatchObject({ position });
    expect(await operator.removeFromTeam('empty', ['bob'])).toMatchObject({ team: { members: [] } });
    expect(await world.events()).toHaveLength(1);
  });

  test('take members from many at once', async () => {
    const agents = Array.from({ length: 32 }, (_, index) => `agent-${index}`);
    await Promise.all(agents.map((agent) => world.as(null).addToTeam('press', [agent])));
    expect((await world.as(null).addToTeam('press', agents)).team.members).toEqual(agents.sort());
  });

  test('are the operator’s affair', async () => {
    for (const commands of [world.as('ann'), world.as('ann', { role: 'AGENT' }), world.admin]) {
      await expect(commands.addToTeam('press', ['ann'])).rejects.toMatchObject(forbidden);
      await expect(commands.removeFromTeam('press', ['ann'])).rejects.toMatchObject(forbidden);
    }
  });

  test.each([
    ['a team', 'no team', ['ann'], 'team'],
    ['a member', 'press', ['ann', 'b b'], 'agents.1'],
    ['nobody', 'press', [], 'agents'],
    ['too many', 'press', Array(limits.teamChange + 1).fill('ann'), 'agents'],
  ])('%s badly named is refused', async (_, team, agents: string[], field) => {
    await expect(world.as(null).addToTeam(team, agents)).rejects.toMatchObject(invalid(field));
    await expect(world.as(null).removeFromTeam(team, agents)).rejects.toMatchObject(invalid(field));
  });
});
