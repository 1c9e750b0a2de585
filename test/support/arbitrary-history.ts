// Random histories of a tenant's memories, such as commands leave them: nothing before it is recorded, and nothing but
// a late vote after it was forgotten.
import fc from 'fast-check';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { VoteEvent } from '../../src/domain/votes.ts';
import { anEvent, aRecording, memoryStream, minute, TENANT } from './fixtures.ts';

const MEMORIES = 8;
export const historyIds = Array.from({ length: MEMORIES }, (_, n) => `m${n}`);

const agents = ['ann', 'bob', 'cid'];
const words = ['apple', 'pear', 'plum', 'fig', 'grape'];
const content = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((list) => list.join(' '));

/** Mostly of one visibility and at one time, so that many are each other's context. */
const recording = fc
  .record({
    agent: fc.constantFrom('ann', 'ann', 'ann', 'bob'),
    scope: fc.constantFrom('GLOBAL' as const, 'GLOBAL' as const, 'AGENT_SHARED' as const, 'AGENT_PRIVATE' as const),
    session: fc.constantFrom('s', 's', 's', null),
    occurredAt: fc.constantFrom(minute(0), minute(0), minute(1)),
    expiresAt: fc.constantFrom(null, null, null, minute(10)),
    content,
  })
  .map(aRecording);

const lesson = { errorPattern: null, correctApproach: 'apple', applicableContexts: ['csv'], trajectory: null };
const voter = { voter: fc.constantFrom(...agents), task: fc.constantFrom(null, 't') };

const vote: fc.Arbitrary<VoteEvent> = fc.oneof(
  fc
    .record({ ...voter, value: fc.constantFrom('HELPFUL' as const, 'HARMFUL' as const), own: fc.boolean() })
    .map((data) => ({ type: 'memory.voted' as const, data: { ...data, context: null } })),
  fc.record(voter).map((data) => ({ type: 'memory.vote-retracted' as const, data })),
);

const edit: fc.Arbitrary<MemoryEvent> = fc.oneof(
  content.map((text) => ({ type: 'memory.revised' as const, data: { content: text } })),
  fc.constant({ type: 'memory.revised' as const, data: { metadata: { seen: true } } }),
  fc
    .record({
      scope: fc.constantFrom('AGENT_PRIVATE' as const, 'AGENT_SHARED' as const, 'GLOBAL' as const),
      sharedWith: fc.record({ agents: fc.subarray(agents), teams: fc.subarray(['red']) }),
    })
    .map((data) => ({ type: 'memory.shared' as const, data })),
  fc.constant({ type: 'memory.deprecated' as const, data: { reason: null, supersededBy: null } }),
  fc.constant({ type: 'memory.restored' as const, data: {} }),
);

const attempt = fc.record({
  memory: fc.constantFrom(...historyIds),
  recording,
  reflection: fc.boolean(),
  next: fc.oneof(
    { weight: 3, arbitrary: edit },
    { weight: 3, arbitrary: vote },
    { weight: 1, arbitrary: fc.constant<MemoryEvent>({ type: 'memory.forgotten', data: { reason: null } }) },
    { weight: 1, arbitrary: fc.constant('unknown' as const) },
    { weight: 1, arbitrary: fc.constant('of a team' as const) },
  ),
});

type Append = { stream: string; event: ReturnType<typeof anEvent> };

/** What was appended, in order. */
export const aTenantsHistory: fc.Arbitrary<Append[]> = fc
  .array(attempt, { minLength: 5, maxLength: 60 })
  .map((attempts) => {
    const recorded = new Set<string>();
    const forgotten = new Set<string>();
    return attempts.flatMap(({ memory, recording: data, reflection, next }, n): Append[] => {
      const of = (event: Parameters<typeof anEvent>[0], stream = memoryStream(memory)): Append[] => [
        { stream, event: anEvent(event, { recordedAt: minute(n) }) },
      ];
      if (next === 'of a team')
        return of({ type: 'team.joined', data: { agents: ['ann'] } }, streamName('team', TENANT, 'red'));
      if (!recorded.has(memory)) {
        recorded.add(memory);
        return of(
          reflection ? { type: 'reflection.recorded', data: { ...data, lesson } } : { type: 'memory.recorded', data },
        );
      }
      if (next === 'unknown') return of({ type: 'memory.dreamt', data: {} });
      const isVote = next.type === 'memory.voted' || next.type === 'memory.vote-retracted';
      if (forgotten.has(memory) && !isVote) return [];
      if (next.type === 'memory.forgotten') forgotten.add(memory);
      return of(next);
    });
  });
