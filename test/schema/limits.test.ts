// What asks for too much is refused before any resolver runs.
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.calls.get.length = 0;
});

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const inside = (levels: number, field: string, leaf: string): string =>
  `${`${field} { `.repeat(levels)}${leaf}${' }'.repeat(levels * field.split('{').length)}`;
const LIST = 'query ($filter: MemoryFilter) { memories(filter: $filter) { totalCount } }';
const ofType = (levels: number) => `{ __schema { types { ${inside(levels, 'ofType', 'name')} } } }`;

test.each<[what: string, query: string, variables?: string]>([
  ['60 levels', `{ memory(id: "x") { ${inside(60, 'deprecation { supersededBy', 'id')} } }`],
  ['60 levels of introspection', ofType(60)],
  ['1,000 aliases', `{ ${repeat(1_000, (i) => `a${i}: viewer { role }`)} }`],
  ['1,000 aliases in a fragment', `{ ...F } fragment F on Query { ${repeat(1_000, (i) => `a${i}: viewer { role }`)} }`],
  ['1,000 directives', `{ viewer { role ${repeat(1_000, () => '@skip(if: false)')} } }`],
  ['1 MB of words', `{ ${repeat(200_000, () => 'role')} }`],
  ['1 MB of brackets', '{a'.repeat(500_000)],
  ['1 MB of one list', `{ memories(filter: { users: [${repeat(200_000, () => '"u"')}] }) { totalCount } }`],
  [
    'a literal 1,900 lists deep',
    `{ memories(filter: { users: ${'['.repeat(1_900)}${']'.repeat(1_900)} }) { totalCount } }`,
  ],
  [
    'a type of a variable 1,900 lists deep',
    `query ($v: ${'['.repeat(1_900)}Int${']'.repeat(1_900)}) { viewer { role } }`,
  ],
  ['one field 900 times', `{ ${repeat(900, () => 'viewer { role }')} }`],
  ['variables 10,000 deep', LIST, `{ "filter": ${'{ "not": '.repeat(10_000)}{}${'}'.repeat(10_001)}`],
  ['a list 10,000 deep', LIST, `{ "filter": { "users": ${'['.repeat(10_000)}${']'.repeat(10_000)} } }`],
  [
    'fragments that double',
    `{ memory(id: "x") { ...F0 } } ${repeat(40, (i) => `fragment F${i} on Memory { sources { memory { ...F${i + 1} } } }`)} fragment F40 on Memory { id }`,
  ],
  [
    '100 memories with 100 sources each',
    '{ memories(first: 100) { nodes { sources { memory { sources { memory { sources { memory { id } } } } } } } } }',
  ],
  [
    'the history of what the memories of a run came from',
    '{ run(id: "x") { memories { sources { memory { history { data } } } } } }',
  ],
  ['the history of 1,000 memories', '{ memories(first: 100) { nodes { sources { memory { history { data } } } } } }'],
])('%s: TOO_COMPLEX', async (_, query, variables = '{}') => {
  const { data, errors } = await world.ask('ann', query, JSON.parse(variables));
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_COMPLEX', limit: expect.any(Number) } }]);
  expect(Object.values(data ?? {}).filter((part) => part !== null)).toEqual([]);
  expect(world.calls.get).toEqual([]);
});

test('a fragment in itself is refused', async () => {
  const { errors } = await world.ask(
    'ann',
    '{ memory(id: "x") { ...F } } fragment F on Memory { deprecation { supersededBy { ...F } } }',
  );
  expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
});

test('introspection is allowed, to the last wrapped type', async () => {
  const { __schema } = await world.data(
    'ann',
    getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }),
  );
  expect(__schema.types.length).toBeGreaterThan(20);
});

test('a page of 100 memories with all that they have is allowed', async () => {
  const { memories } = await world.data(
    'ann',
    `{ memories(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes {
         id version type content metadata namespace scope sharedWith { agents teams } agent author user session occurredAt createdAt updatedAt expiresAt
         deprecation { at by reason supersededBy { id } } effectiveness { score confidence helpful harmful } votes { voter task value context at }
         lesson { errorPattern correctApproach applicableContexts trajectory } sources { memory { id } message session quote } } } }`,
  );
  expect(memories.totalCount).toBe(0);
});

test('every root field is told of, with its outcome', async () => {
  world.resolved.length = 0;
  await world.ask('ann', '{ viewer { role } memory(id: "") { id } teams { name } }');
  expect(world.resolved.sort()).toEqual(['Query.memory INVALID_INPUT', 'Query.teams OK', 'Query.viewer OK']);
});
