// Random memories with votes, readers and filters over few names, so that filters often hold, and values chosen to be
// awkward: null users, keys with dots and quotes, numbers beside strings that look like them.
import fc, { type Arbitrary } from 'fast-check';
import type { Instant, Json, JsonObject } from '../../src/domain/event.ts';
import { type Memory, memoryTypes } from '../../src/domain/memory.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { canRead, type Reader, type Scope } from '../../src/domain/visibility.ts';
import type { Votes } from '../../src/domain/votes.ts';
import type { MemoryFilter, MetadataFilter, MetadataOperator, Selection } from '../../src/views/view-store.ts';
import { matches } from '../support/naive-filter.ts';

/** The ids of the rows that a selection finds, by plain functions. */
export const selectedOf = (rows: readonly MemoryView[], { reader, filter = {}, includeDeprecated, now }: Selection) =>
  rows
    .filter(({ memory }) => canRead(reader, memory))
    .filter(({ memory }) => memory.expiresAt === null || memory.expiresAt > now)
    .filter(({ memory }) => includeDeprecated || memory.deprecation === null)
    .filter((view) => matches(filter, view))
    .map(({ memory }) => memory.id)
    .sort();

export const now: Instant = '2026-06-01T00:00:00.000Z';

const agents = ['ann', 'bob', 'cy'];
const teams = ['red', 'blue'];
const namespaces = ['default', 'n"1'];
const authors = ['ann', "O'Hara", 'ünï'];
const users = ['u1', 'u2'];
const sessions = ['s1', 's2'];
const contexts = ['csv', 'x"y'];
const scopes: Scope[] = ['AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL'];
const keys = ['a', 'b', 'a"b', "a'b", '$', '[0]', 'ä', ' ', '\\', '__proto__', 'constructor', 'a\u0000'];
const texts = ['', '1', 'a', 'ab', 'true', '\ue000', '\u{1f600}', '"', "'"];
const numbers = [0, 1, -1, 1.5, 0.1 + 0.2, 1e300, 5e-324, 2 ** 53, 2 ** 63];

const some = <T>(values: readonly T[]) => fc.subarray([...values]);
const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(values: readonly T[]) => fc.option(one(values));
const times = fc.integer({ min: 1, max: 9 }).map((day): Instant => `2026-01-0${day}T00:00:00.000Z`);

const scalars: Arbitrary<Json> = fc.oneof(one<Json>(texts), one<Json>(numbers), fc.boolean(), fc.constant(null));

/** Made as JSON makes it: `__proto__` is a key like any other. */
const objects = (values: Arbitrary<Json>): Arbitrary<JsonObject> =>
  fc
    .array(fc.tuple(one(keys), values), { maxLength: 3 })
    .map((entries) => JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`));

const shallow: Arbitrary<Json> = fc.oneof(scalars, fc.array(scalars, { maxLength: 2 }), objects(scalars));
const metadata: Arbitrary<JsonObject> = objects(fc.oneof(shallow, objects(shallow)));

const votes: Arbitrary<Votes['votes']> = fc.array(
  fc.record({
    voter: one(agents),
    task: fc.constant(null),
    value: fc.constantFrom('HELPFUL' as const, 'HARMFUL' as const),
    context: fc.constant(null),
    own: fc.boolean(),
    at: times,
  }),
  { maxLength: 3 },
);

const memory: Arbitrary<Omit<Memory, 'id'>> = fc.record({
  tenant: fc.constantFrom('acme', 'acme', 'acme', 'other'),
  revision: fc.constant(0),
  createdAt: times,
  updatedAt: times,
  agent: one(agents),
  author: one(authors),
  type: one(memoryTypes),
  content: fc.constant('x'),
  metadata,
  namespace: one(namespaces),
  scope: one(scopes),
  sharedWith: fc.record({ agents: some(agents), teams: some(teams) }),
  user: maybe(users),
  session: maybe(sessions),
  occurredAt: times,
  expiresAt: fc.constantFrom(null, null, '2026-05-31T23:59:59.999Z', now, '2026-06-01T00:00:00.001Z'),
  sources: fc.constant<Memory['sources']>([]),
  lesson: fc.option(
    fc.record({
      errorPattern: fc.constant(null),
      correctApproach: fc.constant(null),
      applicableContexts: some(contexts),
      trajectory: fc.constant(null),
    }),
  ),
  deprecation: fc.option(fc.constant({ at: now, by: 'ann', reason: null, supersededBy: null })),
  forgotten: fc.constant(false),
});

export const views: Arbitrary<MemoryView[]> = fc
  .array(fc.tuple(memory, votes), { maxLength: 25 })
  .map((all) =>
    all.map(([one, its], i) => ({ memory: { ...one, id: `m${i}` }, votes: { revision: its.length, votes: its } })),
  );

export const readers: Arbitrary<Reader> = fc.record({
  tenant: fc.constantFrom('acme', 'acme', 'other'),
  agent: maybe(agents),
  teams: some(teams),
  peers: some(agents),
});

const tests: Arbitrary<MetadataOperator> = fc.oneof(
  fc.record({ eq: shallow }),
  fc.record({ ne: shallow }),
  fc.record({ in: fc.array(shallow, { maxLength: 3 }) }),
  fc.record({ gt: scalars }),
  fc.record({ gte: scalars }),
  fc.record({ lt: scalars }),
  fc.record({ lte: scalars }),
  fc.record({ contains: one(texts) }),
  fc.record({ exists: fc.boolean() }),
);

const metadataFilters: Arbitrary<MetadataFilter> = fc.record({
  key: fc.array(one(keys), { minLength: 1, maxLength: 3 }).map((path) => path.join('.')),
  test: tests,
});

/** Few conditions at once, or nothing would ever match. */
const all = (conditions: Arbitrary<MemoryFilter>[]): Arbitrary<MemoryFilter> =>
  fc.array(fc.oneof(...conditions), { maxLength: 3 }).map((few) => Object.assign({}, ...few));

const leaves: Arbitrary<MemoryFilter>[] = [
  fc.record({ namespaces: some(namespaces) }),
  fc.record({ scopes: some(scopes) }),
  fc.record({ types: some(memoryTypes) }),
  fc.record({ agents: some(agents) }),
  fc.record({ authors: some(authors) }),
  fc.record({ users: some(users) }),
  fc.record({ sessions: some(sessions) }),
  fc.record({ createdAfter: times }),
  fc.record({ createdBefore: times }),
  fc.record({ occurredAfter: times }),
  fc.record({ occurredBefore: times }),
  fc.record({ minEffectiveness: fc.constantFrom(-1, 0, 0.4, 0.5) }),
  fc.record({ metadata: fc.array(metadataFilters, { maxLength: 2 }) }),
  fc.record({ applicableContexts: some(contexts) }),
];

const nested = (inner: Arbitrary<MemoryFilter>): Arbitrary<MemoryFilter> =>
  all([
    fc.record({ and: fc.array(inner, { maxLength: 2 }) }),
    fc.record({ or: fc.array(inner, { maxLength: 2 }) }),
    fc.record({ not: inner }),
    ...leaves,
  ]);

export const filters: Arbitrary<MemoryFilter> = nested(nested(all(leaves)));
