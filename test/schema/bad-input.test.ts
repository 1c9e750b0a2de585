// What is wrong is refused with a code and the field at fault, and nothing is written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type World } from './world.ts';

let world: World;
let head: string;
beforeAll(async () => {
  world = await openWorld();
  await world.data('ann', 'mutation { recordMemory(input: { content: "one" }) { position } }');
  await world.settled();
  head = await world.log.head();
});
afterAll(() => world.close());

const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position } }';
const BATCH = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }';
const REFLECT = 'mutation ($input: RecordReflectionInput!) { recordReflection(input: $input) { position } }';
const REVISE = 'mutation ($input: ReviseMemoryInput!) { reviseMemory(input: $input) { position } }';
const VOTE = 'mutation ($input: VoteInput!) { vote(input: $input) { position } }';
const SEARCH = 'query ($input: SearchInput!) { search(input: $input) { took } }';
const PLAYBOOK = 'query ($input: PlaybookInput!) { playbook(input: $input) { position } }';
const LIST =
  'query ($filter: MemoryFilter, $first: Int, $after: String) { memories(filter: $filter, first: $first, after: $after) { totalCount } }';
const MEMORY = 'query ($id: ID!, $minPosition: Position) { memory(id: $id, minPosition: $minPosition) { id } }';
const EVENTS =
  'query ($types: [String!], $first: Int, $after: Position) { events(types: $types, first: $first, after: $after) { nodes { id } } }';

const nested = (levels: number): object => (levels === 1 ? { leaf: true } : { in: nested(levels - 1) });
const filterOf = (levels: number): object => (levels === 1 ? { users: ['u'] } : { not: filterOf(levels - 1) });
const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item);
const keys = (count: number) => Object.fromEntries(many(count, 0).map((_, index) => [`key${index}`, index]));
const memory = (given: object) => ({ input: { content: 'text', ...given } });
const query = (given: object) => ({ input: { query: 'text', ...given } });
const metadata = (...tests: object[]) => ({ filter: { metadata: tests } });

test.each<[what: string, query: string, variables: object, field: string]>([
  ['no content', RECORD, { input: { content: '' } }, 'input.content'],
  ['missing content', RECORD, { input: {} }, 'input.content'],
  ['content of 100,001 characters', RECORD, { input: { content: 'x'.repeat(100_001) } }, 'input.content'],
  ['content that is a number', RECORD, { input: { content: 5 } }, 'input.content'],
  ['a lone surrogate', RECORD, { input: { content: '\ud800' } }, 'input.content'],
  ['NUL', RECORD, { input: { content: 'a\0b' } }, 'input.content'],
  ['NUL in an id', MEMORY, { id: 'a\0b' }, 'id'],
  ['an unknown field', RECORD, memory({ colour: 'red' }), 'input.colour'],
  ['an unknown type', RECORD, memory({ type: 'DREAM' }), 'input.type'],
  ['a namespace with a blank', RECORD, memory({ namespace: 'a b' }), 'input.namespace'],
  ['a namespace of 65 characters', RECORD, memory({ namespace: 'n'.repeat(65) }), 'input.namespace'],
  ['an empty author', RECORD, memory({ author: '' }), 'input.author'],
  ['metadata 6 deep', RECORD, memory({ metadata: nested(6) }), 'input.metadata'],
  ['metadata of 65 keys', RECORD, memory({ metadata: keys(65) }), 'input.metadata'],
  ['metadata of 17 kB', RECORD, memory({ metadata: { text: 'x'.repeat(17_000) } }), 'input.metadata'],
  ['metadata that is a list', RECORD, memory({ metadata: [] }), 'input.metadata'],
  ['a lone surrogate in metadata', RECORD, memory({ metadata: { a: ['\udfff'] } }), 'input.metadata'],
  ['NUL in a metadata key', RECORD, memory({ metadata: { 'a\0': 1 } }), 'input.metadata'],
  ['an integer that JSON cannot hold', RECORD, memory({ metadata: { id: 2 ** 60 } }), 'input.metadata'],
  ['no time', RECORD, memory({ occurredAt: 'yesterday' }), 'input.occurredAt'],
  ['a time without offset', RECORD, memory({ occurredAt: '2026-01-01T00:00:00' }), 'input.occurredAt'],
  ['the 30th of February', RECORD, memory({ occurredAt: '2026-02-30T00:00:00Z' }), 'input.occurredAt'],
  ['a year of five digits', RECORD, memory({ occurredAt: '+12026-01-01T00:00:00Z' }), 'input.occurredAt'],
  ['a ttl of 0', RECORD, memory({ ttl: 0 }), 'input.ttl'],
  ['a huge integer', RECORD, memory({ ttl: 1e30 }), 'input.ttl'],
  ['half a second', RECORD, memory({ ttl: 0.5 }), 'input.ttl'],
  ['21 sources', RECORD, memory({ sources: many(21, { message: 'm' }) }), 'input.sources'],
  ['a long quote', RECORD, memory({ sources: [{}, { quote: 'x'.repeat(2_001) }] }), 'input.sources.1.quote'],
  [
    'shares with nobody by name',
    RECORD,
    memory({ scope: 'AGENT_SHARED', sharedWith: { agents: ['b o b'] } }),
    'input.sharedWith.agents.0',
  ],
  ['shares of a private memory', RECORD, memory({ sharedWith: { agents: ['bob'] } }), 'input.sharedWith'],
  ['a commandId of 257 characters', RECORD, memory({ commandId: 'x'.repeat(257) }), 'input.commandId'],
  ['101 at once', BATCH, { input: many(101, { content: 'x' }) }, 'input'],
  [
    'one bad of a batch',
    BATCH,
    { input: [{ content: 'x' }, { content: 'x' }, { content: 'x' }, { content: '' }] },
    'input.3.content',
  ],
  [
    'bad metadata in a batch',
    BATCH,
    { input: [{ content: 'x' }, { content: 'x', metadata: nested(6) }] },
    'input.1.metadata',
  ],
  ['a reflection of another type', REFLECT, memory({ type: 'STANDARD' }), 'input.type'],
  ['21 contexts', REFLECT, memory({ applicableContexts: many(21, 'c') }), 'input.applicableContexts'],
  ['a version below 0', REVISE, { input: { id: 'x', expectedVersion: -1 } }, 'input.expectedVersion'],
  ['a long remark', VOTE, { input: { memory: 'x', value: 'HELPFUL', context: 'x'.repeat(1_001) } }, 'input.context'],
  ['a vote of neither kind', VOTE, { input: { memory: 'x', value: 'MAYBE' } }, 'input.value'],
  ['no question', SEARCH, { input: { query: '' } }, 'input.query'],
  ['a question of 10,001 characters', SEARCH, { input: { query: 'x'.repeat(10_001) } }, 'input.query'],
  ['first 0', SEARCH, query({ first: 0 }), 'input.first'],
  ['first 101', SEARCH, query({ first: 101 }), 'input.first'],
  ['a cosine of 2', SEARCH, query({ minScore: 2 }), 'input.minScore'],
  ['a weight below 0', SEARCH, query({ effectivenessWeight: -1 }), 'input.effectivenessWeight'],
  ['a number that JSON made infinite', SEARCH, query({ minScore: 'Infinity' }), 'input.minScore'],
  ['a position that none is', SEARCH, query({ minPosition: 'now' }), 'input.minPosition'],
  ["another log's position", MEMORY, { id: 'x', minPosition: '0000000000000001.ffffff' }, 'minPosition'],
  ['a position yet to come', MEMORY, { id: 'x', minPosition: '9999999999999999.ffffff' }, 'minPosition'],
  ['an effectiveness of 2', PLAYBOOK, query({ minEffectiveness: 2 }), 'input.minEffectiveness'],
  ['a playbook of facts', PLAYBOOK, query({ types: ['REFLECTION', 'SEMANTIC'] }), 'input.types.1'],
  ['101 namespaces', LIST, { filter: { namespaces: many(101, 'n') } }, 'filter.namespaces'],
  ['a filter 6 deep', LIST, { filter: filterOf(6) }, 'filter'],
  ['a filter of 51 filters', LIST, { filter: { and: many(50, {}) } }, 'filter'],
  [
    'deprecated ones within a filter',
    LIST,
    { filter: { or: [{ includeDeprecated: true }] } },
    'filter.or.0.includeDeprecated',
  ],
  [
    'the same in a search',
    SEARCH,
    query({ filter: { not: { includeDeprecated: true } } }),
    'input.filter.not.includeDeprecated',
  ],
  ['a test without operator', LIST, metadata({ key: 'a' }), 'filter.metadata.0'],
  ['a test of two operators', LIST, metadata({ key: 'a', eq: 1 }, { key: 'a', eq: 1, ne: 2 }), 'filter.metadata.1'],
  ['an empty key within a path', LIST, metadata({ key: 'a..b', eq: 1 }), 'filter.metadata.0.key'],
  ['a path of 6 keys', LIST, metadata({ key: 'a.b.c.d.e.f', eq: 1 }), 'filter.metadata.0.key'],
  ['an operand 6 deep', LIST, metadata({ key: 'a', eq: nested(6) }), 'filter.metadata.0.eq'],
  ['a cursor that none is', LIST, { after: 'nothing' }, 'after'],
  ['first 1,000', LIST, { first: 1_000 }, 'first'],
  ['first 1,000 events', EVENTS, { first: 1_000 }, 'first'],
  ['101 types of events', EVENTS, { types: many(101, 'x') }, 'types'],
  ['an event type without end', EVENTS, { types: ['x'.repeat(300)] }, 'types.0'],
])('%s: INVALID_INPUT', async (_, query, variables, field) => {
  const { errors } = await world.ask('ann', query, variables);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field } });
  expect(await world.log.head()).toBe(head);
});

test('a failure tells the limit that was passed', async () => {
  const { errors } = await world.ask('ann', RECORD, { input: { content: 'x'.repeat(100_001) } });
  expect(errors).toEqual([
    expect.objectContaining({
      message: 'input.content must have 1 to 100,000 characters',
      path: ['recordMemory'],
      extensions: { code: 'INVALID_INPUT', field: 'input.content', limit: 100_000 },
    }),
  ]);
});

describe("GraphQL's own errors", () => {
  test.each<[query: string, variables: object, message: string, field: string | undefined]>([
    ['{ memories { nodes { contents } } }', {}, 'Cannot query field "contents" on type "Memory".', undefined],
    ['{ memories', {}, 'Syntax Error: Expected Name, found <EOF>.', undefined],
    ['', {}, 'Syntax Error: Unexpected <EOF>.', undefined],
    ['{ memory { id } }', {}, 'Field "memory" argument "id" of type "ID!" is required, but it was not provided.', 'id'],
    [
      '{ search(input: {}) { took } }',
      {},
      'Field "SearchInput.query" of required type "String!" was not provided.',
      'input.query',
    ],
    [
      '{ search(input: { query: "a", mode: "a secret" }) { took } }',
      {},
      'Enum "SearchMode" cannot represent non-enum value.',
      'input.mode',
    ],
    [
      '{ search(input: { query: "a", mode: HYBRYD }) { took } }',
      {},
      'The value does not exist in "SearchMode" enum.',
      'input.mode',
    ],
    [
      '{ memories(filter: { or: [{}, { users: [{ a: "a secret" }] }] }) { totalCount } }',
      {},
      'String cannot represent a non string value.',
      'filter.or.1.users.0',
    ],
    [
      'query ($q: String!) { search(input: { query: $q }) { took } }',
      {},
      'Variable "$q" of required type "String!" was not provided.',
      'input.query',
    ],
    [
      'query ($i: SearchInput!) { search(input: $i) { took } }',
      { i: { query: 'a secret', zoom: 1 } },
      'Field "zoom" is not defined by type "SearchInput".',
      'input.zoom',
    ],
    [
      'query ($i: SearchInput!) { search(input: $i) { took } }',
      { i: 'a secret' },
      'Expected type "SearchInput" to be an object.',
      'input',
    ],
    [
      'query ($t: DateTime) { memories(filter: { and: [{ createdAfter: $t }] }) { totalCount } }',
      { t: 'a secret' },
      'a DateTime is a time by RFC 3339 with an offset, as 2026-01-31T12:00:00Z',
      'filter.and.0.createdAfter',
    ],
    [
      '{ memories(filter: { metadata: { key: "a", eq: SECRET } }) { totalCount } }',
      {},
      'a JSON value has its texts in quotes',
      'filter.metadata.eq',
    ],
  ])('%s', async (query, variables, message, field) => {
    const { errors } = await world.ask('ann', query, variables);
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'INVALID_INPUT' } });
    expect(errors?.[0]?.extensions.field).toBe(field);
    expect(JSON.stringify(errors)).not.toMatch(/secret/i);
  });

  test('two operations without a name', async () => {
    const { errors } = await world.ask('ann', 'query A { viewer { role } } query B { viewer { role } }');
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: 'operationName' } });
  });
});

test('what nobody foresaw is INTERNAL, and tells nothing but where to look', async () => {
  const { get } = world.views;
  world.views.get = async () => {
    throw new TypeError('cannot read properties of undefined, in /srv/annals/views.ts, content "a secret"');
  };
  const { errors } = await world.ask('ann', MEMORY, { id: 'x' });
  world.views.get = get;
  expect(errors).toEqual([
    expect.objectContaining({
      message: "something went wrong inside; the server's log tells more under correlation",
      extensions: { code: 'INTERNAL', correlationId: 'correlation' },
    }),
  ]);
});

describe('commands refuse with their own codes', () => {
  const first = async () => (await world.data('ann', '{ memories { nodes { id version } } }')).memories.nodes[0];

  test('a stale expectedVersion is a CONFLICT', async () => {
    const { id } = await first();
    const { errors } = await world.ask('ann', REVISE, { input: { id, content: 'two', expectedVersion: 7 } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'CONFLICT', version: 0 } });
  });

  test('what may not be read is NOT_FOUND, just as what never was', async () => {
    const { id } = await first();
    const hidden = await world.ask('bob', REVISE, { input: { id, content: 'two' } });
    const absent = await world.ask('bob', REVISE, { input: { id: 'never-was', content: 'two' } });
    expect(hidden.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect({ ...absent.errors?.[0] }).toEqual({ ...hidden.errors?.[0] });
  });

  test('the operator records nothing', async () => {
    const { errors } = await world.ask(operator, RECORD, { input: { content: 'x' } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});
