// Random memories, changes, readers, filters and questions, from so small a world that they meet.
import fc from 'fast-check';
import { type Memory, memoryTypes } from '../../src/domain/memory.ts';
import type { SearchMode } from '../../src/domain/search-mode.ts';
import type { Reader } from '../../src/domain/visibility.ts';
import type { Votes } from '../../src/domain/votes.ts';
import type { Best, MemoryFilter, MetadataFilter } from '../../src/views/view-store.ts';
import { aMemory, aVote, deprecated, minute, TENANT } from './fixtures.ts';
import { LEAST_SIMILARITY } from './hash-embedder.ts';

const agents = ['ann', 'bob', 'cid'];
const teams = ['red', 'blue'];
const namespaces = ['north', 'south'];
const sessions = ['s1', 's2'];
const users = ['user_1', 'user_2'];
const words = ['apple', 'pear', 'plum', 'fig', 'grape', 'red', 'green', 'the', 'PG-1', 'apples'];

const some = <T>(values: readonly T[]) => fc.subarray([...values]);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 1 });
const moment = fc.integer({ min: 0, max: 12 }).map((n) => minute(n));

const shortText = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));
/** Of some three passages. */
const longText = fc
  .array(fc.constantFrom(...words), { minLength: 6, maxLength: 6 })
  .map((list) => list.map((word) => `${`${word} and `.repeat(35)}so on.`).join(' '));
const content = fc.oneof({ weight: 8, arbitrary: shortText }, { weight: 1, arbitrary: longText });

const json = fc.constantFrom(
  1,
  2,
  10,
  '1',
  'a',
  'ab',
  '',
  true,
  false,
  null,
  [],
  ['a'],
  [1, 'ab'],
  { x: 1 },
  { x: 'a' },
);
const metadata = fc.dictionary(fc.constantFrom('k', 'l', 'x', 'deep'), json, { maxKeys: 3 });

const visibility: fc.Arbitrary<Pick<Memory, 'scope' | 'sharedWith'>> = fc.record({
  scope: fc.constantFrom('AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL'),
  sharedWith: fc.oneof(
    fc.constant<Memory['sharedWith']>({ agents: [], teams: [] }),
    fc.record({ agents: some(agents), teams: some(teams) }),
  ),
});

/** What never changes of a memory. */
const recorded = fc.record({
  tenant: fc.constantFrom(TENANT, TENANT, 'other'),
  agent: fc.constantFrom(...agents),
  author: fc.constantFrom(...agents, 'Melanie'),
  type: fc.constantFrom(...memoryTypes),
  namespace: fc.constantFrom(...namespaces),
  user: orNull(fc.constantFrom(...users)),
  session: orNull(fc.constantFrom(...sessions)),
  createdAt: moment,
  occurredAt: moment,
  lesson: orNull(
    some(['csv', 'web']).map((applicableContexts) => ({
      errorPattern: null,
      correctApproach: null,
      applicableContexts,
      trajectory: null,
    })),
  ),
});

const state = fc.record(
  {
    content,
    metadata,
    acl: visibility,
    deprecation: fc.constantFrom(null, null, null, deprecated.deprecation),
    expiresAt: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }).map((n) => minute(n / 2)) },
    ),
    forgotten: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  },
  { requiredKeys: [] },
);

const votes: fc.Arbitrary<Votes['votes']> = fc.array(
  fc
    .record({
      voter: fc.constantFrom(...agents),
      value: fc.constantFrom('HELPFUL' as const, 'HARMFUL' as const),
      own: fc.boolean(),
    })
    .map(aVote),
  { maxLength: 4 },
);

const MEMORIES = 12;
const memoryIndex = fc.nat(MEMORIES - 1);

/** One memory is put, or its votes; a memory that was forgotten stays so. */
export type RandomChange = { memory: number; state: Partial<Memory> } | { memory: number; votes: Votes['votes'] };

const change: fc.Arbitrary<RandomChange> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      memory: memoryIndex,
      state: state.map(({ acl, ...rest }): Partial<Memory> => (acl ? { ...rest, ...acl } : rest)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ memory: memoryIndex, votes }) },
);

const aReader: fc.Arbitrary<Reader> = fc.record({
  tenant: fc.constantFrom(TENANT, TENANT, TENANT, 'other'),
  agent: fc.constantFrom(...agents, 'dan', null),
  teams: some(teams),
  peers: some(agents),
});

const metadataTest: fc.Arbitrary<MetadataFilter> = fc.record({
  key: fc.constantFrom('k', 'l', 'x', 'deep', 'deep.x', 'k.x', 'none'),
  test: fc.oneof(
    ...(['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const).map((name) => json.map((value) => ({ [name]: value }))),
    fc.array(json, { maxLength: 3 }).map((values) => ({ in: values })),
    fc.constantFrom('', 'a', 'b').map((part) => ({ contains: part })),
    fc.boolean().map((exists) => ({ exists })),
  ) as fc.Arbitrary<MetadataFilter['test']>,
});

const plainFilter: fc.Arbitrary<MemoryFilter> = fc.record(
  {
    namespaces: some(namespaces),
    scopes: some(['AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL'] as const),
    types: some(memoryTypes),
    agents: some(agents),
    authors: some([...agents, 'Melanie']),
    users: some(users),
    sessions: some(sessions),
    createdAfter: moment,
    createdBefore: moment,
    occurredAfter: moment,
    occurredBefore: moment,
    minEffectiveness: fc.constantFrom(-1, 0, 0.5, 2 / 3),
    metadata: fc.array(metadataTest, { maxLength: 2 }),
    applicableContexts: fc.constantFrom(['csv'], ['web', 'csv'], ['mail']),
  },
  { requiredKeys: [] },
);
/** At most two names at once, or hardly anything would pass. */
const leaf = fc.tuple(plainFilter, fc.nat(), fc.nat()).map(([filter, a, b]): MemoryFilter => {
  const names = Object.entries(filter);
  return Object.fromEntries(names.filter((_, index) => index === a % names.length || index === b % names.length));
});

const aFilter: fc.Arbitrary<MemoryFilter> = fc.letrec<{ filter: MemoryFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    metadataTest.map((test) => ({ metadata: [test] })),
    fc.array(tie('filter'), { maxLength: 2 }).map((and) => ({ and })),
    fc.array(tie('filter'), { maxLength: 2 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
    fc.tuple(leaf, tie('filter')).map(([first, not]) => ({ ...first, not })),
  ),
})).filter;

export type RandomQuery = {
  reader: Reader;
  filter: MemoryFilter | undefined;
  /** Lists are asked with these as well. */
  moreFilters: MemoryFilter[];
  includeDeprecated: boolean;
  mode: SearchMode;
  text: string;
  about: string | null;
  limit: number;
  best: Best;
};

const query: fc.Arbitrary<RandomQuery> = fc.record({
  reader: aReader,
  filter: fc.option(aFilter, { nil: undefined }),
  moreFilters: fc.array(aFilter, { maxLength: 6 }),
  includeDeprecated: fc.boolean(),
  mode: fc.constantFrom('HYBRID', 'SEMANTIC', 'KEYWORD'),
  text: fc
    .array(fc.constantFrom(...words, 'zebra', 'Melanie', 'January'), { maxLength: 4 })
    .map((list) => list.join(' ')),
  about: fc.option(shortText, { freq: 5 }),
  limit: fc.integer({ min: 1, max: 6 }),
  best: fc.record({ count: fc.integer({ min: 1, max: 4 }), minScore: fc.constantFrom(null, 0, LEAST_SIMILARITY) }),
});

/** changes: in one batch; embed: one of so many wanted texts gets its vector; with each step half a minute goes by. */
export type Step =
  | { do: 'change'; changes: RandomChange[] }
  | { do: 'repeat' }
  | { do: 'embed'; oneOf: number }
  | { do: 'ask'; query: RandomQuery };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => ({ do: 'change' as const, changes })),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'repeat' as const }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }).map((oneOf) => ({ do: 'embed' as const, oneOf })) },
  { weight: 4, arbitrary: query.map((asked) => ({ do: 'ask' as const, query: asked })) },
);

export type Story = { memories: Memory[]; steps: Step[] };

export const aStory: fc.Arbitrary<Story> = fc.record({
  memories: fc
    .tuple(
      fc.array(recorded, { minLength: MEMORIES, maxLength: MEMORIES }),
      fc.array(content, { minLength: MEMORIES, maxLength: MEMORIES }),
    )
    .map(([all, contents]) => all.map((fields, n) => aMemory(`m${n}`, { ...fields, content: contents[n] ?? '' }))),
  steps: fc.array(step, { minLength: 10, maxLength: 40 }),
});
