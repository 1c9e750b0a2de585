// Questions of every kind about a story that was lived, each to be put to several worlds and the answers compared.
import fc from 'fast-check';
import { expect } from 'vitest';
import { LEAST_SIMILARITY } from '../support/hash-embedder.ts';
import { agents } from './story.ts';
import type { Lived } from './universe.ts';
import type { Answer, World } from './world.ts';

const MEMORY = `id version type content metadata namespace scope sharedWith { agents teams } agent author user session occurredAt createdAt updatedAt expiresAt
  deprecation { at by reason supersededBy { id content } } effectiveness { score confidence helpful harmful } votes { voter task value context at }
  lesson { errorPattern correctApproach applicableContexts trajectory } sources { memory { id content } message session quote }
  history { position version event at by data }`;
/** Of a list within another: a hundred of all fields would be too much at once. */
const PART =
  'id version content deprecation { supersededBy { id } } effectiveness { helpful harmful } votes { voter } sources { memory { id } quote } history { event data }';
const SESSION =
  'id version agent status items { name status by at } progress startedAt updatedAt history { position version event at by data }';
const FEATURE =
  'id version namespace session status passes implementedBy verifiedBy updatedAt history { position version event at by data }';
const HANDOFF = `id version status from to { agent team } task context withheld session { ${SESSION} } pinnedAt
  acceptedBy reason result offeredAt updatedAt expiresAt history { position version event at by data }`;
const EXPLAIN = 'score explain { similarity coverage matchedTerms passage decay effectiveness }';

const questions = {
  memory: `query ($id: ID!) { memory(id: $id) { ${MEMORY} } }`,
  memories: `query ($filter: MemoryFilter, $first: Int) { memories(filter: $filter, first: $first) { totalCount edges { cursor node { ${MEMORY} } } pageInfo { hasNextPage endCursor } } }`,
  search: `query ($input: SearchInput!) { search(input: $input) { hits { memory { ${MEMORY} } ${EXPLAIN} } } }`,
  playbook: `query ($input: PlaybookInput!) { playbook(input: $input) { entries { memory { ${MEMORY} } lesson { trajectory } ${EXPLAIN} } } }`,
  events:
    'query ($types: [String!], $stream: String, $first: Int) { events(types: $types, stream: $stream, first: $first) { nodes { id type stream version at by correlationId causationId data metadata } pageInfo { hasNextPage } } }',
  session: `query ($session: ID!) { session(id: $session) { ${SESSION} } }`,
  sessions: `query ($agent: String, $first: Int) { sessions(agent: $agent, first: $first) { nodes { ${SESSION} } pageInfo { hasNextPage endCursor } totalCount } }`,
  features: `query ($session: ID) { features(session: $session) { nodes { ${FEATURE} } total passing failing inProgress } feature(id: "f1") { ${FEATURE} } }`,
  run: `query ($run: ID!) { run(id: $run) { id version agent task namespace status memories { ${PART} } evaluation reflections { ${PART} } startedAt completedAt } }`,
  handoff: `query ($handoff: ID!) { handoff(id: $handoff) { ${HANDOFF} memories { ${PART} } } }`,
  handoffs: `query ($status: HandoffStatus, $first: Int) { handoffs(status: $status, first: $first) { nodes { ${HANDOFF} memories { id } } pageInfo { hasNextPage endCursor } totalCount } }`,
  keep: 'query ($input: SearchInput!) { search(input: $input) { receipt } }',
  why: `query ($receipt: ID!) { why(receipt: $receipt) { by input same returned { id ${EXPLAIN} memory { ${PART} } } replayed { id ${EXPLAIN} memory { ${PART} } } } }`,
  vote: 'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }',
  revise: 'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "x" }) { position } }',
  cite: 'mutation ($id: ID!) { recordMemory(input: { content: "x", sources: [{ memory: $id }] }) { position } }',
  use: 'mutation ($id: ID!) { startRun(input: { task: "x", memories: [$id] }) { position } }',
  change:
    'mutation ($id: ID!) { applyDelta(input: { operations: [{ record: { content: "x" } }, { revise: { id: $id, content: "x" } }] }) { position } }',
  pass: 'mutation ($id: ID!) { offerHandoff(input: { to: { agent: "eve" }, task: "x", memories: [$id] }) { position } }',
  accept: 'mutation ($handoff: ID!) { acceptHandoff(input: { id: $handoff }) { position } }',
};
/** Of a memory that may not be read: each is refused. */
const changes = ['vote', 'revise', 'cite', 'use', 'change', 'pass'] as const;
export type Question = { ask: keyof typeof questions; variables: Record<string, unknown>; of: number };

const some = <T>(...values: T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const text = fc.constantFrom(
  'parser launch',
  'customer budget night',
  'csv',
  'deploy the python queue',
  'margin',
  'nothing of it',
  'Ann June 2025',
);
const first = fc.constantFrom(1, 2, 3, 10, 50);
const part = fc.oneof(
  fc.constant({}),
  fc.record({ namespaces: some('default', 'other') }),
  fc.record({ scopes: some('AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL') }),
  fc.record({ agents: some(...agents) }),
  fc.record({ users: some('u1', 'u2') }),
  fc.record({ sessions: some('s1', 's2') }),
  fc.record({ minEffectiveness: fc.constantFrom(-0.5, 0, 0.1) }),
  fc.record({ includeDeprecated: fc.boolean() }),
  fc.record({ metadata: fc.record({ key: fc.constant('size'), gte: fc.nat(5) }) }),
  fc.record({ not: fc.record({ authors: some('Ann', 'Bob') }) }),
);
const filter = fc.tuple(part, part).map(([one, other]) => ({ ...one, ...other }));
const none = fc.constant({});
const asking = <K extends Question['ask']>(
  ask: K,
  variables: fc.Arbitrary<Record<string, unknown>>,
  of = fc.nat(1_000),
) => fc.record({ ask: fc.constant(ask), variables, of });

const kept = asking(
  'keep',
  fc.record({
    input: fc.record({ query: text, mode: fc.constantFrom('HYBRID', 'KEYWORD'), first, receipt: fc.constant(true) }),
  }),
);
const common: fc.Arbitrary<Question> = fc.oneof(
  asking('memory', none),
  asking('memories', fc.record({ filter, first })),
  asking(
    'search',
    fc.record({
      input: fc.record(
        {
          query: text,
          mode: fc.constantFrom('HYBRID', 'SEMANTIC', 'KEYWORD'),
          filter,
          first,
          minScore: fc.constantFrom(0, LEAST_SIMILARITY),
          decay: fc.boolean(),
          effectivenessWeight: fc.constantFrom(0, 1),
        },
        { requiredKeys: ['query', 'mode', 'first'] },
      ),
    }),
  ),
  asking(
    'playbook',
    fc.record({
      input: fc.record(
        { query: text, first, contexts: some('csv', 'etl'), minEffectiveness: fc.constantFrom(-0.4, 0) },
        { requiredKeys: ['query', 'first'] },
      ),
    }),
  ),
  asking(
    'events',
    fc.record(
      { first, types: some('memory.recorded', 'memory.voted', 'memory.shared', 'memory.revised') },
      { requiredKeys: ['first'] },
    ),
  ),
  asking('session', fc.record({ session: fc.constantFrom('s1', 's2') })),
  asking('sessions', fc.record({ agent: fc.constantFrom(...agents), first }, { requiredKeys: ['first'] })),
  asking('features', fc.record({ session: fc.constantFrom('s1', 's2') }, { requiredKeys: [] })),
  asking('run', none),
  asking('handoff', none),
  asking(
    'handoffs',
    fc.record(
      { status: fc.constantFrom('OFFERED', 'ACCEPTED', 'EXPIRED'), first: fc.constantFrom(1, 2, 10) },
      { requiredKeys: ['first'] },
    ),
  ),
  fc.constantFrom(...changes, 'accept' as const).chain((ask) => asking(ask, none)),
);

/** Of a kept search the log is replayed: that takes its time. */
export const question: fc.Arbitrary<Question> = fc.oneof(
  { weight: 40, arbitrary: common },
  { weight: 1, arbitrary: kept },
);

/** Of a kept search it is what its receipt tells. */
export async function answerOf(world: World, reader: string, { ask }: Question, variables: object): Promise<Answer> {
  const answer = await world.ask(reader, questions[ask], variables);
  if (ask !== 'keep') return answer;
  expect(answer.errors).toBeUndefined();
  const explained = await world.ask(reader, questions.why, { receipt: answer.data.search.receipt });
  expect(explained.data?.why.same).toBe(true);
  return explained;
}

/**
 * Points the question at something of the story: any memory, run or handoff for reads, a hidden one for changes, which
 * would otherwise happen. null: there is none.
 */
export function placed({ ask, variables, of }: Question, lived: Lived, visible: Set<string>): object | null {
  const pick = (among: { id: string }[]) => among[of % Math.max(among.length, 1)]?.id;
  const hidden = (all: { id: string }[]) => all.filter(({ id }) => !visible.has(id));
  const named = (name: string, id: string | undefined) => (id === undefined ? null : { ...variables, [name]: id });
  if (ask === 'memory') return named('id', pick(lived.memories));
  if (ask === 'run') return named('run', pick(lived.runs));
  if (ask === 'handoff') return named('handoff', pick(lived.handoffs));
  if (ask === 'accept') return named('handoff', pick(hidden(lived.handoffs)));
  if (changes.some((change) => change === ask)) return named('id', pick(hidden(lived.memories)));
  const stream = ask === 'events' && of % 2 === 1 ? pick(lived.memories) : undefined;
  return stream === undefined ? variables : { ...variables, stream: `memory-acme+${stream}` };
}

/** All of an answer but the places in the log, where others' events are counted. */
export const comparable = (answer: Answer): string =>
  JSON.stringify(answer).replaceAll(/"\d{16,19}\.[0-9a-f]{6}"/g, '"a position"');
