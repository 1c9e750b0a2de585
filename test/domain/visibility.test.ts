import { describe, expect, test } from 'vitest';
import { canChange, canRead, type Reader, type Scope } from '../../src/domain/visibility.ts';
import { aMemory, aReader, operator, shared, TENANT } from '../support/fixtures.ts';

// ann owns; bob is named, or in a named team; peer is in a team with ann; cleo is nobody to her.
const readers: Record<string, Reader> = {
  ann: aReader('ann', { teams: ['press'], peers: ['peer'] }),
  bob: aReader('bob', { teams: ['sales'], peers: [] }),
  peer: aReader('peer', { teams: ['press'], peers: ['ann'] }),
  cleo: aReader('cleo'),
  operator,
  'ann of another tenant': { ...aReader('ann', { teams: ['press', 'sales'], peers: ['ann'] }), tenant: 'other' },
  'the operator of another tenant': { ...operator, tenant: 'other' },
};

const rows: [string, { scope: Scope; sharedWith?: { agents: string[]; teams: string[] } }, string[]][] = [
  ['what is private', { scope: 'AGENT_PRIVATE' }, ['ann', 'operator']],
  ['what is shared with nobody named', shared(), ['ann', 'peer', 'operator']],
  ['what is shared with bob', shared(['bob']), ['ann', 'bob', 'operator']],
  ['what is shared with the team sales', shared([], ['sales']), ['ann', 'bob', 'operator']],
  ['what is shared with cleo and the team press', shared(['cleo'], ['press']), ['ann', 'peer', 'cleo', 'operator']],
  ['what is global', { scope: 'GLOBAL' }, ['ann', 'bob', 'peer', 'cleo', 'operator']],
];

describe('who reads', () => {
  test.each(rows)('%s', (_, acl, expected) => {
    const memory = aMemory('m1', acl);
    expect(Object.keys(readers).filter((name) => canRead(readers[name] ?? operator, memory))).toEqual(expected);
  });
});

test('only the owner and the operator change it, whatever the scope', () => {
  for (const [, acl] of rows) {
    const memory = aMemory('m1', acl);
    expect(Object.keys(readers).filter((name) => canChange(readers[name] ?? operator, memory))).toEqual([
      'ann',
      'operator',
    ]);
  }
});

test('whoever may change a memory may read it', () => {
  for (const [, acl] of rows)
    for (const reader of Object.values(readers)) {
      const memory = aMemory('m1', { ...acl, tenant: TENANT });
      if (canChange(reader, memory)) expect(canRead(reader, memory)).toBe(true);
    }
});
