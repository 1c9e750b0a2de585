// Rights: every read shows a reader exactly what the visibility function allows.
import { expect, test } from 'vitest';
import type { Memory } from '../../../src/domain/memory.ts';
import { canRead, type Reader } from '../../../src/domain/visibility.ts';
import { aMemory, aReader, NOW, operator, shared } from '../../support/fixtures.ts';
import type { Harness } from './harness.ts';

const memories: Memory[] = [
  aMemory('private', { scope: 'AGENT_PRIVATE' }),
  aMemory('peers', shared()),
  aMemory('named', shared(['bob', 'cid'])),
  aMemory('team', shared([], ['red'])),
  aMemory('both', shared(['cid'], ['blue', 'red'])),
  aMemory('global'),
  aMemory('stray-shares', { scope: 'AGENT_PRIVATE', sharedWith: { agents: ['bob'], teams: ['red'] } }),
  aMemory('of-bob', { agent: 'bob', scope: 'AGENT_PRIVATE' }),
  aMemory('elsewhere', { tenant: 'other' }),
  aMemory('elsewhere-private', { tenant: 'other', scope: 'AGENT_PRIVATE' }),
];

const readers: [string, Reader, string[]][] = [
  ['the owner', aReader('ann'), ['both', 'global', 'named', 'peers', 'private', 'stray-shares', 'team']],
  ['a named agent', aReader('bob'), ['global', 'named', 'of-bob']],
  ['an agent named beside a team', aReader('cid'), ['both', 'global', 'named']],
  ['a member of a named team', aReader('dan', { teams: ['red'] }), ['both', 'global', 'team']],
  ['a member of another named team', aReader('dan', { teams: ['blue'] }), ['both', 'global']],
  ['an agent in a team with the owner', aReader('eve', { teams: ['green'], peers: ['ann'] }), ['global', 'peers']],
  ['an agent of the tenant in no team', aReader('fay'), ['global']],
  ['the operator', operator, ['both', 'global', 'named', 'of-bob', 'peers', 'private', 'stray-shares', 'team']],
  [
    "another tenant's agent of the owner's name",
    aReader('ann', { tenant: 'other' }),
    ['elsewhere', 'elsewhere-private'],
  ],
  ["another tenant's operator", { ...operator, tenant: 'other' }, ['elsewhere', 'elsewhere-private']],
  [
    'an agent of a tenant with nothing',
    aReader('ann', { tenant: 'nobody', teams: ['red'], peers: ['ann', 'bob'] }),
    [],
  ],
];

export function rightsTests({ views, put, embed, listed, found }: Harness): void {
  const ids = memories.map(({ id }) => id);

  test.each(readers)('%s reads its memories and no others', async (_, reader, expected) => {
    expect(
      memories
        .filter((memory) => canRead(reader, memory))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(expected);
    await put(...memories);
    await embed();
    const got = await views().get(reader, ids, NOW);
    expect(got.flatMap((view) => view?.memory.id ?? []).sort()).toEqual(expected);
    expect((await listed(reader)).sort()).toEqual(expected);
    expect((await views().list({ reader, now: NOW, first: 1 })).total).toBe(expected.length);
    expect(await found('parser', { reader })).toEqual(expected);
    expect(await found('parser', { reader, mode: 'HYBRID' })).toEqual(expected);
    expect(await found('parser', { reader, mode: 'SEMANTIC' })).toEqual(expected);
  });

  test('what may not be read answers like what is not there', async () => {
    await put(aMemory('secret', { scope: 'AGENT_PRIVATE' }));
    const reader = aReader('bob');
    expect(await views().get(reader, ['secret'], NOW)).toEqual(await views().get(reader, ['never'], NOW));
    const named = await views().list({ reader, now: NOW, first: 5, filter: { agents: ['ann'] } });
    const never = await views().list({ reader, now: NOW, first: 5, filter: { agents: ['nobody'] } });
    expect(named).toEqual(never);
  });

  test('a change of teams holds for the next read', async () => {
    await put(aMemory('team', shared([], ['red'])), aMemory('peers', shared()));
    const outside = aReader('dan');
    const inside = aReader('dan', { teams: ['red'], peers: ['ann'] });
    expect(await found('parser', { reader: outside })).toEqual([]);
    expect(await found('parser', { reader: inside })).toEqual(['peers', 'team']);
    expect((await listed(inside)).sort()).toEqual(['peers', 'team']);
    expect(await listed(outside)).toEqual([]);
    expect(await found('parser', { reader: outside })).toEqual([]);
  });

  test('a change of scope holds for the next read', async () => {
    const reader = aReader('bob');
    await put(aMemory('m1'));
    expect(await found('parser', { reader })).toEqual(['m1']);
    await put(aMemory('m1', { revision: 1, scope: 'AGENT_PRIVATE' }));
    expect(await found('parser', { reader })).toEqual([]);
    expect(await listed(reader)).toEqual([]);
    expect(await views().get(reader, ['m1'], NOW)).toEqual([null]);
    await put(aMemory('m1', { revision: 2, ...shared(['bob']) }));
    expect(await found('parser', { reader })).toEqual(['m1']);
    expect(await listed(reader)).toEqual(['m1']);
  });

  test('no filter widens what may be read', async () => {
    await put(...memories);
    const reader = aReader('fay');
    const filters = [
      { agents: ['ann'] },
      { scopes: ['AGENT_PRIVATE' as const] },
      { or: [{ agents: ['ann'] }, { scopes: ['AGENT_PRIVATE' as const] }] },
      { not: { namespaces: ['none'] } },
    ];
    for (const filter of filters) {
      for (const id of await listed(reader, { filter })) expect(id).toBe('global');
      for (const id of await found('parser', { reader, filter })) expect(id).toBe('global');
    }
  });
}
