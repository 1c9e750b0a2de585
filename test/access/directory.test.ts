import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Directory, openDirectory } from '../../src/access/directory.ts';
import { hashOf, newSecret } from '../../src/access/secret.ts';
import type { KeyEvent } from '../../src/domain/key.ts';
import { SERVER, streamName } from '../../src/domain/streams.ts';
import type { TeamEvent } from '../../src/domain/team.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { anEvent, minute, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';

let log: EventLog;
let directory: Directory;

beforeEach(async () => {
  log = openMemoryLog();
  directory = await openDirectory(log);
});
afterEach(() => directory.close());

const append = (stream: string, event: KeyEvent | TeamEvent | { type: string; data: object }, recordedAt = minute(0)) =>
  log.append([
    { stream, expected: 'any', events: [anEvent({ type: event.type, data: { ...event.data } }, { recordedAt })] },
  ]);

const join = (team: string, agents: string[], tenant = TENANT) =>
  append(streamName('team', tenant, team), { type: 'team.joined', data: { agents } });
const leave = (team: string, agents: string[]) =>
  append(streamName('team', TENANT, team), { type: 'team.left', data: { agents } });

async function issue(id: string, tenant = TENANT): Promise<string> {
  const secret = newSecret();
  const role = tenant === SERVER ? 'ADMIN' : 'TENANT';
  await append(streamName('key', tenant, id), {
    type: 'key.issued',
    data: { hash: hashOf(secret), role, agent: null, label: null, expiresAt: null },
  });
  return secret;
}

describe('keys', () => {
  test('are found by their secret, revoked ones too', async () => {
    const secret = await issue('k1');
    await directory.refresh();
    expect(directory.findKey(secret)).toMatchObject({ id: 'k1', tenant: TENANT, role: 'TENANT', revokedAt: null });
    await append(streamName('key', TENANT, 'k1'), { type: 'key.revoked', data: {} }, minute(3));
    await append(streamName('key', TENANT, 'k1'), { type: 'key.revoked', data: {} }, minute(4));
    await directory.refresh();
    expect(directory.findKey(secret)).toMatchObject({ id: 'k1', revokedAt: minute(3) });
    expect(directory.findKey(newSecret())).toBeNull();
    expect(directory.findKey('')).toBeNull();
  });

  test('of another tenant are not there; for the administrator all are', async () => {
    await issue('k1');
    await issue('k2', 'other');
    await issue('k3', SERVER);
    await directory.refresh();
    expect(directory.keys(TENANT).map(({ id }) => id)).toEqual(['k1']);
    expect(directory.keys(null).map(({ id, tenant }) => [id, tenant])).toEqual([
      ['k1', TENANT],
      ['k2', 'other'],
      ['k3', null],
    ]);
    expect(directory.key(TENANT, 'k2')).toBeNull();
    expect(directory.key(TENANT, 'k3')).toBeNull();
    expect(directory.key(null, 'k2')?.id).toBe('k2');
    expect(directory.tenants()).toEqual([TENANT, 'other']);
  });
});

describe('teams', () => {
  test('make agents peers', async () => {
    await join('press', ['ann', 'bob']);
    await join('sales', ['bob', 'cleo']);
    await directory.refresh();
    expect(directory.readerOf(TENANT, 'bob')).toEqual({
      tenant: TENANT,
      agent: 'bob',
      teams: ['press', 'sales'],
      peers: ['ann', 'cleo'],
    });
    expect(directory.readerOf(TENANT, 'ann')).toMatchObject({ teams: ['press'], peers: ['bob'] });
    expect(directory.readerOf(TENANT, 'intern')).toMatchObject({ teams: [], peers: [] });
    expect(directory.readerOf(TENANT, null)).toEqual({ tenant: TENANT, agent: null, teams: [], peers: [] });
  });

  test('that an agent left give it nothing any more', async () => {
    await join('press', ['ann', 'bob']);
    await directory.refresh();
    expect(directory.readerOf(TENANT, 'ann').peers).toEqual(['bob']);
    await leave('press', ['bob']);
    await directory.refresh();
    expect(directory.readerOf(TENANT, 'ann')).toMatchObject({ teams: ['press'], peers: [] });
    expect(directory.teamsOf(TENANT, 'bob')).toEqual([]);
  });

  test('of another tenant are another’s, though they have the same name', async () => {
    await join('press', ['ann', 'bob']);
    await join('press', ['ann', 'zoe'], 'other');
    await directory.refresh();
    expect(directory.readerOf('other', 'ann').peers).toEqual(['zoe']);
    expect(directory.teams(TENANT)).toEqual([{ name: 'press', members: ['ann', 'bob'] }]);
  });

  test('are listed by name, without those that everyone left', async () => {
    await join('sales', ['ann']);
    await join('press', ['bob']);
    await join('empty', ['bob']);
    await leave('empty', ['bob']);
    await directory.refresh();
    expect(directory.teams(TENANT).map(({ name }) => name)).toEqual(['press', 'sales']);
  });
});

describe('refreshing', () => {
  test('reads nothing when nothing was appended', async () => {
    const read = vi.spyOn(log, 'read');
    await Promise.all([directory.refresh(), directory.refresh()]);
    expect(read).not.toHaveBeenCalled();
    await join('press', ['ann']);
    await Promise.all([directory.refresh(), directory.refresh()]);
    await directory.refresh();
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('sees what was acknowledged before it began, whoever reads meanwhile', async () => {
    for (let round = 0; round < 50; round++) {
      const under = directory.refresh();
      await join('press', [`agent-${round}`]);
      await directory.refresh();
      expect(directory.teamsOf(TENANT, `agent-${round}`)).toEqual(['press']);
      await under;
    }
  });

  test('that failed is tried again by the next', async () => {
    await join('press', ['ann']);
    vi.spyOn(log, 'read').mockRejectedValueOnce(new Error('away'));
    await expect(directory.refresh()).rejects.toThrow('away');
    await directory.refresh();
    expect(directory.teamsOf(TENANT, 'ann')).toEqual(['press']);
  });

  test('goes past what it does not know', async () => {
    await append(streamName('team', TENANT, 'press'), { type: 'team.renamed', data: { to: 'media' } });
    await join('press', ['ann']);
    await directory.refresh();
    expect(directory.teamsOf(TENANT, 'ann')).toEqual(['press']);
  });
});
