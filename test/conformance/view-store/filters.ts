// Filters: every operator, by list and by search alike.
import { expect, test } from 'vitest';
import type { Memory } from '../../../src/domain/memory.ts';
import type { MemoryFilter, MetadataOperator } from '../../../src/views/view-store.ts';
import { aMemory, minute, operator, shared, someVotes } from '../../support/fixtures.ts';
import type { Harness } from './harness.ts';

const lesson = (...applicableContexts: string[]): Memory['lesson'] => ({
  errorPattern: null,
  correctApproach: null,
  applicableContexts,
  trajectory: null,
});

const memories: Memory[] = [
  aMemory('a', {
    namespace: 'north',
    type: 'SEMANTIC',
    user: 'user_1',
    session: 's1',
    createdAt: minute(1),
    occurredAt: minute(-10),
    metadata: { lang: 'de', n: 1, tags: ['x', 'y'], deep: { er: { er: true } }, o: { a: 1, b: [1, 2] }, nil: null },
    lesson: lesson('csv', 'etl'),
  }),
  aMemory('b', {
    agent: 'bob',
    author: 'Bobby',
    scope: 'AGENT_PRIVATE',
    namespace: 'south',
    createdAt: minute(2),
    occurredAt: minute(-20),
    metadata: { lang: 'en', n: 10, tags: 'xylophone', deep: { er: 1 }, o: { b: [1, 2], a: 1 }, 'dotted.key': 1 },
    lesson: lesson('web'),
  }),
  aMemory('c', {
    ...shared(['bob']),
    type: 'STRATEGY',
    user: 'user_2',
    session: 's2',
    createdAt: minute(3),
    occurredAt: minute(-30),
    metadata: { lang: 'fr', n: 2.5, tags: [], o: [1, 2], flag: false },
    lesson: lesson(),
  }),
  aMemory('d', { createdAt: minute(4), occurredAt: minute(-40), metadata: { n: '10', lang: '', tags: [1, 'x'] } }),
];

const where = (key: string, test: MetadataOperator): MemoryFilter => ({ metadata: [{ key, test }] });

const cases: [string, MemoryFilter, string][] = [
  ['nothing named', {}, 'abcd'],
  ['namespaces', { namespaces: ['north', 'south', 'west'] }, 'ab'],
  ['scopes', { scopes: ['AGENT_PRIVATE', 'AGENT_SHARED'] }, 'bc'],
  ['types', { types: ['SEMANTIC', 'STRATEGY'] }, 'ac'],
  ['agents are owners', { agents: ['bob'] }, 'b'],
  ['authors', { authors: ['Bobby'] }, 'b'],
  ['users', { users: ['user_1', 'user_2'] }, 'ac'],
  ['sessions', { sessions: ['s2'] }, 'c'],
  ['an empty list', { namespaces: [] }, ''],
  ['no users', { users: [] }, ''],
  ['createdAfter, exclusive', { createdAfter: minute(2) }, 'cd'],
  ['createdBefore, exclusive', { createdBefore: minute(2) }, 'a'],
  ['occurredAfter, exclusive', { occurredAfter: minute(-30) }, 'ab'],
  ['occurredBefore, exclusive', { occurredBefore: minute(-30) }, 'd'],
  ['a span of time', { createdAfter: minute(1), createdBefore: minute(4) }, 'bc'],
  ['minEffectiveness', { minEffectiveness: 0.5 }, 'b'],
  ['minEffectiveness, inclusive', { minEffectiveness: 2 / 3 }, 'b'],
  ['minEffectiveness of 0, without votes', { minEffectiveness: 0 }, 'bcd'],
  ['minEffectiveness below 0', { minEffectiveness: -1 }, 'abcd'],
  ['applicableContexts, or none of its own', { applicableContexts: ['csv', 'mail'] }, 'acd'],
  ['eq', where('lang', { eq: 'de' }), 'a'],
  ['eq of a number is not of its text', where('n', { eq: 10 }), 'b'],
  ['eq of an empty text', where('lang', { eq: '' }), 'd'],
  ['eq of a boolean', where('flag', { eq: false }), 'c'],
  ['eq of null is not of what is missing', where('nil', { eq: null }), 'a'],
  ['eq of an object, whatever the order of its keys', where('o', { eq: { b: [1, 2], a: 1 } }), 'ab'],
  ['eq of a list, whole and in order', where('o', { eq: [1, 2] }), 'c'],
  ['eq of a list in another order', where('o', { eq: [2, 1] }), ''],
  ['ne, also where the key is missing', where('user', { ne: 'x' }), 'abcd'],
  ['ne', where('lang', { ne: 'de' }), 'bcd'],
  ['ne of null', where('nil', { ne: null }), 'bcd'],
  ['in', where('n', { in: [1, '10', null] }), 'ad'],
  ['in nothing', where('n', { in: [] }), ''],
  ['gt', where('n', { gt: 1 }), 'bc'],
  ['gte', where('n', { gte: 2.5 }), 'bc'],
  ['lt', where('n', { lt: 10 }), 'ac'],
  ['lte', where('n', { lte: 1 }), 'a'],
  ['gt compares texts with texts', where('lang', { gt: 'de' }), 'bc'],
  ['gte of texts', where('n', { gte: '1' }), 'd'],
  ['lt of texts', where('lang', { lt: 'e' }), 'ad'],
  ['lte of what has no order', where('o', { lte: [9] }), ''],
  ['gt of null and booleans', where('flag', { gt: true }), ''],
  ['contains, of a list and of a text', where('tags', { contains: 'x' }), 'abd'],
  ['contains a part of a text only', where('tags', { contains: 'xylo' }), 'b'],
  ['contains the empty text', where('tags', { contains: '' }), 'b'],
  ['exists', where('flag', { exists: true }), 'c'],
  ['exists, being null', where('nil', { exists: true }), 'a'],
  ['exists not', where('tags', { exists: false }), ''],
  ['a path', where('deep.er.er', { eq: true }), 'a'],
  ['a path that ends in an object', where('deep.er', { exists: true }), 'ab'],
  ['a path through what is no object', where('lang.x', { exists: true }), ''],
  ['a path is not an index of a list', where('tags.0', { exists: true }), ''],
  ['a path is not the name of a key with a dot', where('dotted.key', { exists: true }), ''],
  ['no path leads to what objects are born with', where('constructor', { exists: true }), ''],
  [
    'two tests of metadata',
    {
      metadata: [
        { key: 'n', test: { gt: 1 } },
        { key: 'lang', test: { eq: 'en' } },
      ],
    },
    'b',
  ],
  ['two names', { scopes: ['GLOBAL'], sessions: ['s1', 's2'] }, 'a'],
  ['and', { and: [{ createdAfter: minute(1) }, { createdBefore: minute(3) }] }, 'b'],
  ['and of nothing', { and: [] }, 'abcd'],
  ['or', { or: [{ sessions: ['s1'] }, { agents: ['bob'] }] }, 'ab'],
  ['or of nothing', { or: [] }, ''],
  ['or beside a name', { or: [{ sessions: ['s1'] }, { agents: ['bob'] }], types: ['STANDARD'] }, 'b'],
  ['not', { not: { agents: ['bob'] } }, 'acd'],
  ['not, where the value is missing', { not: { users: ['user_1'] } }, 'bcd'],
  ['not of a test on what is missing', { not: where('flag', { eq: false }) }, 'abd'],
  ['not of everything', { not: {} }, ''],
  ['not of not', { not: { not: { sessions: ['s2'] } } }, 'c'],
  [
    'nested',
    { or: [{ and: [{ users: ['user_1'] }, { not: where('n', { gt: 1 }) }] }, { not: { scopes: ['GLOBAL'] } }] },
    'abc',
  ],
];

export function filterTests({ put, vote, embed, listed, found }: Harness): void {
  async function fill(): Promise<void> {
    await put(...memories);
    await vote('a', someVotes(0, 1));
    await vote('b', someVotes(2));
    await embed();
  }

  // One test and not one a case: the cases share a store that is slow to make for some adapters.
  test('each operator matches what it says, in lists and in search', async () => {
    await fill();
    for (const [name, filter, expected] of cases) {
      const ids = [...expected];
      expect((await listed(operator, { filter })).sort(), `list: ${name}`).toEqual(ids);
      expect(await found('parser', { filter }), `words: ${name}`).toEqual(ids);
      expect(await found('parser', { filter, mode: 'SEMANTIC' }), `meaning: ${name}`).toEqual(ids);
      expect(await found('parser', { filter, mode: 'HYBRID' }), `both: ${name}`).toEqual(ids);
    }
  });

  test('a filter narrows before the best are chosen', async () => {
    await fill();
    for (const mode of ['KEYWORD', 'SEMANTIC', 'HYBRID'] as const)
      for (const { id } of memories) {
        const filter = { createdAfter: minute(id.charCodeAt(0) - 97), createdBefore: minute(id.charCodeAt(0) - 95) };
        expect(await found('parser', { mode, filter, limit: 1 })).toEqual([id]);
      }
  });

  test('a filter sees a revised document', async () => {
    await fill();
    await put(aMemory('d', { revision: 1, metadata: { n: 7 }, createdAt: minute(4) }));
    const filter = where('n', { eq: 7 });
    expect(await listed(operator, { filter })).toEqual(['d']);
    expect(await found('parser', { filter })).toEqual(['d']);
  });
}
