// Random stories of a tenant: who is in which team, what is recorded, shared, voted on and taken back. One story can be
// lived whole, or without the memories that somebody may not read.
import fc from 'fast-check';
import { operator, type World } from './world.ts';

export const agents = ['ann', 'bob', 'cid', 'dee'] as const;
const teams = ['red', 'blue'] as const;
const words = ['parser', 'launch', 'customer', 'queue', 'margin', 'python', 'csv', 'deploy', 'night', 'budget'];

type Recording = { do: 'record' | 'reflect'; by: string; input: Record<string, unknown>; source: number | null };
type Change =
  | { do: 'revise' | 'share'; of: number; input: Record<string, unknown> }
  | { do: 'vote'; by: string; of: number; value: string; task: string }
  | { do: 'retract'; by: string; of: number; task: string }
  | { do: 'deprecate'; of: number; by: number | null }
  | { do: 'restore' | 'forget'; of: number };
export type Step = Recording | Change;

const isRecording = (step: Step): step is Recording => step.do === 'record' || step.do === 'reflect';

export type Story = { teams: { team: string; agents: string[] }[]; steps: Step[] };

const agent = fc.constantFrom(...agents);
const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));
/** One of the memories recorded so far, whichever that is. */
const earlier = fc.nat(1_000);
const shares = fc.oneof(
  fc.record({ scope: fc.constantFrom('AGENT_PRIVATE', 'GLOBAL') }),
  fc.record({
    scope: fc.constant('AGENT_SHARED'),
    sharedWith: fc.record({
      agents: fc.uniqueArray(agent, { maxLength: 2 }),
      teams: fc.uniqueArray(fc.constantFrom(...teams), { maxLength: 1 }),
    }),
  }),
);
const base = fc.record({
  content: text,
  namespace: fc.constantFrom('default', 'other'),
  user: fc.option(fc.constantFrom('u1', 'u2'), { nil: null }),
  metadata: fc.record({ size: fc.nat(5) }),
});
const recording = fc
  .record({
    base,
    shares,
    rest: fc.record({
      type: fc.constantFrom('STANDARD', 'EPISODIC', 'SEMANTIC', 'PROGRESS'),
      author: fc.constantFrom('Ann', 'Bob'),
      session: fc.option(fc.constantFrom('s1', 's2'), { nil: null }),
      occurredAt: fc.constantFrom('2025-06-01T00:00:00Z', '2025-06-02T00:00:00Z', '2025-06-03T00:00:00Z'),
      ttl: fc.option(fc.constantFrom(20, 1_000_000), { nil: null }),
    }),
  })
  .map((parts) => ({ ...parts.base, ...parts.shares, ...parts.rest }));
const reflection = fc
  .record({
    base,
    shares,
    rest: fc.record({
      type: fc.constantFrom('REFLECTION', 'STRATEGY'),
      correctApproach: text,
      applicableContexts: fc.uniqueArray(fc.constantFrom('csv', 'etl'), { maxLength: 2 }),
    }),
  })
  .map((parts) => ({ ...parts.base, ...parts.shares, ...parts.rest }));

const value = fc.constantFrom('HELPFUL', 'HARMFUL');
const task = fc.constantFrom('t1', 't2');
const maybe = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: earlier });
const of = earlier;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('record'), by: agent, input: recording, source: maybe }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reflect'), by: agent, input: reflection, source: maybe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revise'), of, input: fc.record({ content: text }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('share'), of, input: shares }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('vote'), by: agent, of, value, task }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retract'), by: agent, of, task }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deprecate'), of, by: maybe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restore', 'forget'), of }) },
);

export const story: fc.Arbitrary<Story> = fc.record({
  teams: fc.tuple(
    fc.record({ team: fc.constant('red'), agents: fc.uniqueArray(agent, { minLength: 1, maxLength: 3 }) }),
    fc.record({ team: fc.constant('blue'), agents: fc.uniqueArray(agent, { minLength: 1, maxLength: 2 }) }),
  ),
  steps: fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }),
});

/** What a story came to: each memory's id and owner, and which steps were refused. */
export type Lived = { memories: { id: string; owner: string; step: number }[]; refused: Set<number> };

/** Lives the whole story. */
export async function live(world: World, { teams, steps }: Story): Promise<Lived> {
  await foundTeams(world, teams);
  const lived: Lived = { memories: [], refused: new Set() };
  for (const [index, step] of steps.entries()) {
    world.pass(1_000);
    const asked = questionOf(step, index, lived.memories, () => true);
    const { data, errors } = asked === null ? { errors: [] } : await world.ask(asked.by, asked.query, asked.variables);
    if (errors !== undefined || asked === null) lived.refused.add(index);
    else if (isRecording(step)) lived.memories.push({ id: data.done.memory.id, owner: step.by, step: index });
  }
  await world.settled();
  return lived;
}

/** Lives it again as if only these memories had ever been recorded. */
export async function liveWithout(world: World, story: Story, lived: Lived, kept: ReadonlySet<string>): Promise<void> {
  await foundTeams(world, story.teams);
  const isKept = (id: string) => kept.has(id);
  for (const [index, step] of story.steps.entries()) {
    world.pass(1_000);
    if (lived.refused.has(index)) continue;
    // As they were at this step of the whole story, so that `earlier` means the same memory.
    const then = lived.memories.filter((memory) => memory.step < index);
    const own = lived.memories.find((memory) => memory.step === index);
    if (own !== undefined && !isKept(own.id)) continue;
    const asked = questionOf(step, index, then, isKept);
    if (asked !== null) await world.data(asked.by, asked.query, asked.variables);
  }
  await world.settled();
}

async function foundTeams(world: World, teams: Story['teams']): Promise<void> {
  for (const team of teams)
    await world.data(
      operator,
      'mutation ($team: String!, $agents: [String!]!) { addToTeam(team: $team, agents: $agents) { position } }',
      team,
    );
}

const mutation = (field: string, type: string) =>
  `mutation ($input: ${type}!) { done: ${field}(input: $input) { memory { id } } }`;

type Asked = { by: string; query: string; variables: object };

/** null: it is about no memory, or about one that is not there. */
function questionOf(
  step: Step,
  index: number,
  memories: Lived['memories'],
  isThere: (id: string) => boolean,
): Asked | null {
  const pick = (n: number | null) => (n === null || memories.length === 0 ? undefined : memories[n % memories.length]);
  const commandId = `step ${index}`;
  if (isRecording(step)) {
    const source = pick(step.source);
    const sources = source === undefined ? [] : [{ quote: 'so', ...(isThere(source.id) && { memory: source.id }) }];
    return askRecording(step, { ...step.input, sources, commandId });
  }
  const memory = pick(step.of);
  if (memory === undefined || !isThere(memory.id)) return null;
  const better = step.do === 'deprecate' ? pick(step.by) : undefined;
  const supersededBy = better !== undefined && isThere(better.id) ? better.id : null;
  return askChange(step, memory, { id: memory.id, commandId }, supersededBy);
}

const askRecording = (step: Recording, input: object): Asked => ({
  by: step.by,
  query:
    step.do === 'record'
      ? mutation('recordMemory', 'RecordMemoryInput')
      : mutation('recordReflection', 'RecordReflectionInput'),
  variables: { input },
});

function askChange(
  step: Change,
  { id, owner }: { id: string; owner: string },
  change: { id: string; commandId: string },
  supersededBy: string | null,
): Asked {
  const { commandId } = change;
  switch (step.do) {
    case 'revise':
    case 'share':
      return {
        by: owner,
        query: mutation('reviseMemory', 'ReviseMemoryInput'),
        variables: { input: { ...change, ...step.input } },
      };
    case 'vote':
      return {
        by: step.by,
        query: mutation('vote', 'VoteInput'),
        variables: { input: { memory: id, value: step.value, task: step.task, commandId } },
      };
    case 'retract':
      return {
        by: step.by,
        query: mutation('retractVote', 'RetractVoteInput'),
        variables: { input: { memory: id, task: step.task, commandId } },
      };
    case 'deprecate':
      return {
        by: owner,
        query: mutation('deprecateMemory', 'DeprecateMemoryInput'),
        variables: { input: { ...change, supersededBy } },
      };
    case 'restore':
      return {
        by: owner,
        query: mutation('restoreMemory', 'RestoreMemoryInput'),
        variables: { input: change },
      };
    case 'forget':
      return {
        by: owner,
        query: 'mutation ($id: ID!, $commandId: ID) { done: forgetMemory(id: $id, commandId: $commandId) { id } }',
        variables: change,
      };
  }
}
