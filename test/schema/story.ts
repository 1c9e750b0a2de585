// Random stories of a tenant: who is in which team, what is recorded, shared, voted on and taken back, and what is worked
// on and handed over meanwhile.
import fc from 'fast-check';

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
/** `of`: one of the runs begun so far, or of the handoffs; `memories`: of the memories recorded so far. */
type Work =
  | { do: 'startSession'; by: string; input: { id: string; items: string[] } }
  | { do: 'progress'; by: string; input: { id: string; completed: string[]; next: string[] } }
  | { do: 'declare'; by: string; input: { id: string; namespace: string; session: string } }
  | { do: 'update'; by: string; verifies: boolean; input: { id: string; namespace: string; status: string } }
  | { do: 'run'; by: string; memories: number[] }
  | { do: 'finish'; of: number; success: boolean }
  | { do: 'delta'; by: string; input: Record<string, unknown>; memories: number[] }
  | { do: 'offer'; by: string; to: object; memories: number[]; session: string | null; ttl: number | null }
  | { do: 'answer'; by: string; of: number; answer: string };
export type Step = Recording | Change | Work;
export type { Change, Recording, Work };

export const isRecording = (step: Step): step is Recording => step.do === 'record' || step.do === 'reflect';

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
const memories = fc.array(earlier, { minLength: 1, maxLength: 3 });
const sessionId = fc.constantFrom('s1', 's2');
const items = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });
const feature = { id: fc.constantFrom('f1', 'f2'), namespace: fc.constantFrom('default', 'other') };
const status = fc.constantFrom('IN_PROGRESS', 'TESTING', 'COMPLETE', 'FAILED');
const to = fc.oneof(fc.record({ agent }), fc.record({ team: fc.constantFrom(...teams) }));
const ttl = fc.option(fc.constantFrom(5, 1_000), { nil: null });
const maybeSession = fc.option(sessionId, { nil: null });

const work: fc.Arbitrary<Work> = fc.oneof(
  fc.record({ do: fc.constant('startSession'), by: agent, input: fc.record({ id: sessionId, items }) }),
  fc.record({
    do: fc.constant('progress'),
    by: agent,
    input: fc.record({ id: sessionId, completed: items, next: items }),
  }),
  fc.record({ do: fc.constant('declare'), by: agent, input: fc.record({ ...feature, session: sessionId }) }),
  fc.record({
    do: fc.constant('update'),
    by: agent,
    verifies: fc.boolean(),
    input: fc.record({ ...feature, status }),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('run'), by: agent, memories }) },
  fc.record({ do: fc.constant('finish'), of, success: fc.boolean() }),
  fc.record({ do: fc.constant('delta'), by: agent, input: recording, memories }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('offer'), by: agent, to, memories, session: maybeSession, ttl }),
  },
  fc.record({
    do: fc.constant('answer'),
    by: agent,
    of,
    answer: fc.constantFrom('accept', 'decline', 'complete', 'cancel'),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('record'), by: agent, input: recording, source: maybe }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reflect'), by: agent, input: reflection, source: maybe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revise'), of, input: fc.record({ content: text }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('share'), of, input: shares }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('vote'), by: agent, of, value, task }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retract'), by: agent, of, task }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deprecate'), of, by: maybe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restore', 'forget'), of }) },
  { weight: 10, arbitrary: work },
);

export const story: fc.Arbitrary<Story> = fc.record({
  teams: fc.tuple(
    fc.record({ team: fc.constant('red'), agents: fc.uniqueArray(agent, { minLength: 1, maxLength: 3 }) }),
    fc.record({ team: fc.constant('blue'), agents: fc.uniqueArray(agent, { minLength: 1, maxLength: 2 }) }),
  ),
  steps: fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }),
});
