// What one may not read leaves no trace: every answer is the same, to the bit, as if it had never been recorded.
import fc from 'fast-check';
import { expect } from 'vitest';
import { canRead } from '../../src/domain/visibility.ts';
import { agents, type Lived, live, liveWithout, story } from './universe.ts';
import type { Answer, World } from './world.ts';

/** Of each story, and of each reader of it. */
const READERS = 2;
const QUESTIONS = 100;

const MEMORY = `id version type content metadata namespace scope sharedWith { agents teams } agent author user session occurredAt createdAt updatedAt expiresAt
  deprecation { at by reason supersededBy { id content } } effectiveness { score confidence helpful harmful } votes { voter task value context at }
  lesson { errorPattern correctApproach applicableContexts trajectory } sources { memory { id content } message session quote }
  history { position version event at by data }`;
const EXPLAIN = 'score explain { similarity coverage matchedTerms passage decay effectiveness }';

const questions = {
  memory: `query ($id: ID!) { memory(id: $id) { ${MEMORY} } }`,
  memories: `query ($filter: MemoryFilter, $first: Int) { memories(filter: $filter, first: $first) { totalCount edges { cursor node { ${MEMORY} } } pageInfo { hasNextPage endCursor } } }`,
  search: `query ($input: SearchInput!) { search(input: $input) { hits { memory { ${MEMORY} } ${EXPLAIN} } } }`,
  playbook: `query ($input: PlaybookInput!) { playbook(input: $input) { entries { memory { ${MEMORY} } lesson { trajectory } ${EXPLAIN} } } }`,
  events:
    'query ($types: [String!], $stream: String, $first: Int) { events(types: $types, stream: $stream, first: $first) { nodes { id type stream version at by correlationId causationId data metadata } pageInfo { hasNextPage } } }',
  vote: 'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }',
  revise: 'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "x" }) { position } }',
  cite: 'mutation ($id: ID!) { recordMemory(input: { content: "x", sources: [{ memory: $id }] }) { position } }',
};
type Question = { ask: keyof typeof questions; variables: Record<string, unknown>; of: number };

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
const first = fc.constantFrom(1, 2, 3, 10, 100);
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

const question: fc.Arbitrary<Question> = fc.oneof(
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
          minScore: fc.constantFrom(0, 0.2),
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
  fc.constantFrom('vote' as const, 'revise' as const, 'cite' as const).chain((ask) => asking(ask, none)),
);

const plan = fc.record({
  story,
  readers: fc.uniqueArray(fc.constantFrom(...agents), { minLength: READERS, maxLength: READERS }),
  questions: fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS, size: 'max' }),
});

/** Puts so many questions, each to a world where all of a story happened and to one without what the asker may not read. */
export async function expectNoTrace(open: () => Promise<World>, cases: number): Promise<void> {
  const seen = { cases: 0, hidden: 0, rows: 0 };
  await fc.assert(
    fc.asyncProperty(plan, async ({ story, readers, questions: asked }) => {
      await using whole = await open();
      const lived = await live(whole, story);
      for (const reader of readers) {
        const visible = await readable(whole, lived, reader);
        await using part = await open();
        await liveWithout(part, story, lived, visible);
        for (const question of asked) {
          const variables = placed(question, lived, visible);
          if (variables === null) continue;
          const query = questions[question.ask];
          const answer = comparable(await whole.ask(reader, query, variables));
          expect(answer).toBe(comparable(await part.ask(reader, query, variables)));
          seen.cases += 1;
          seen.rows += answer.split('"content"').length - 1;
        }
        seen.hidden += lived.memories.length - visible.size;
      }
    }),
    { numRuns: Math.ceil(cases / READERS / QUESTIONS) },
  );
  // Something was there to be hidden, and something to be shown.
  expect(seen.hidden).toBeGreaterThan(0);
  expect(seen.rows).toBeGreaterThan(seen.cases / 2);
}

/** By the visibility function alone, over the documents as they are. */
async function readable(world: World, { memories }: Lived, agent: string): Promise<Set<string>> {
  const { reader } = await world.callerOf(agent);
  const keys = memories.map(({ id }) => ({ kind: 'memory' as const, tenant: 'acme', id }));
  const now = world.now();
  const ids = (await world.views.load(keys)).map((memory) => {
    if (reader === null || memory === undefined || !('content' in memory)) return null;
    const alive = !memory.forgotten && (memory.expiresAt === null || memory.expiresAt > now);
    return alive && canRead(reader, memory) ? memory.id : null;
  });
  return new Set(ids.filter((id) => id !== null));
}

/** Points the question at a memory: any for reads, a hidden one for changes, which would otherwise happen. null: there is none. */
function placed({ ask, variables, of }: Question, { memories }: Lived, visible: Set<string>): object | null {
  const isRead = ask === 'memory' || ask === 'events';
  if (!isRead && ask !== 'vote' && ask !== 'revise' && ask !== 'cite') return variables;
  const among = isRead ? memories : memories.filter(({ id }) => !visible.has(id));
  const id = among[of % Math.max(among.length, 1)]?.id;
  if (id === undefined) return ask === 'events' ? variables : null;
  if (ask === 'events') return of % 2 === 0 ? variables : { ...variables, stream: `memory-acme+${id}` };
  return { ...variables, id };
}

/** All of an answer but the places in the log, where others' events are counted. */
const comparable = (answer: Answer): string =>
  JSON.stringify(answer).replaceAll(/"\d{16}\.[0-9a-f]{6}"/g, '"a position"');
