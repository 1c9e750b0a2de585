// Whatever agents do, in whatever order: each answer is what the log folds to, a refusal writes nothing,
// and sending a command again changes nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Commands } from '../../src/commands/commands.ts';
import type { MemoriesResult, MemoryResult } from '../../src/commands/context.ts';
import { loadMemory } from '../../src/commands/memory-stream.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { scopes } from '../../src/domain/visibility.ts';
import { voteValues } from '../../src/domain/votes.ts';
import { TENANT } from '../support/fixtures.ts';
import { NEVER, openWorld, type World } from './world.ts';

const AGENTS = ['ann', 'bob', 'cleo'];

type Act = (commands: Commands, id: string, commandId: string) => Promise<unknown>;
/** `target`: which of the memories that are there; 9 is none. */
type Step = { agent: string | null; target: number; act: Act };

const text = fc.constantFrom('one', 'two', ' TWO ', 'three');
const metadata = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__'),
  fc.oneof(fc.constant(null), fc.integer(), fc.string()),
);
const scope = fc.constantFrom(...scopes);
const sharedWith = fc.constantFrom(undefined, undefined, { agents: ['bob'] }, { teams: ['press'] });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const act: fc.Arbitrary<Act> = fc.oneof(
  fc
    .record({ content: text, scope, sharedWith, metadata, dedupe: fc.boolean(), ttl: maybe(fc.constantFrom(60, 600)) })
    .map(
      (input): Act =>
        (commands, _, commandId) =>
          commands.recordMemory({ ...input, commandId }),
    ),
  fc.array(fc.record({ content: text, dedupe: fc.boolean() }), { minLength: 1, maxLength: 4 }).map(
    (inputs): Act =>
      (commands, _, commandId) =>
        commands.recordMemories(inputs, commandId),
  ),
  fc.record({ content: maybe(text), metadata: maybe(metadata), scope: maybe(scope), sharedWith }).map(
    (input): Act =>
      (commands, id, commandId) =>
        commands.reviseMemory({ ...input, id, commandId }),
  ),
  fc.constant<Act>((commands, id, commandId) => commands.deprecateMemory({ id, commandId })),
  fc.constant<Act>((commands, id, commandId) => commands.restoreMemory({ id, commandId })),
  fc.constant<Act>((commands, id, commandId) => commands.forgetMemory({ id, commandId })),
  fc.record({ value: fc.constantFrom(...voteValues), task: maybe(fc.constant('etl')) }).map(
    (input): Act =>
      (commands, id, commandId) =>
        commands.vote({ ...input, memory: id, commandId }),
  ),
  fc.constant<Act>((commands, id, commandId) => commands.retractVote({ memory: id, commandId })),
);

const step: fc.Arbitrary<Step> = fc.record({
  agent: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...AGENTS) }, { weight: 1, arbitrary: fc.constant(null) }),
  target: fc.nat({ max: 9 }),
  act,
});

const attempt = (work: Promise<unknown>) =>
  work.catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });

/** The memories in an answer. */
const viewsIn = (answer: unknown): MemoryView[] => {
  if (typeof answer !== 'object' || answer === null) return [];
  if ('memories' in answer) return (answer as MemoriesResult).memories;
  return 'memory' in answer ? [(answer as MemoryResult).memory] : [];
};

async function memoriesIn(world: World): Promise<string[]> {
  const { events } = await world.log.read({ after: null, categories: ['memory'], limit: 10_000 });
  return [...new Set(events.map(({ stream }) => stream.slice(stream.indexOf('+') + 1)))];
}

async function checkAnswer(world: World, answer: unknown): Promise<void> {
  for (const view of viewsIn(answer)) expect(view).toEqual((await loadMemory(world.log, TENANT, view.memory.id)).state);
}

test('answers are what the log says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (steps) => {
      const world = await openWorld();
      await world.join('press', ['ann', 'cleo']);
      for (const [index, agent] of AGENTS.entries())
        await world.as(agent).recordMemory({ content: 'one', scope: scopes[index] ?? 'GLOBAL' });
      for (const [index, { agent, target, act }] of steps.entries()) {
        world.setTime(index);
        const ids = await memoriesIn(world);
        const id = target === 9 ? NEVER : (ids[target % ids.length] ?? NEVER);
        const before = await world.log.head();
        const answer = await attempt(act(world.as(agent), id, `command-${index}`));
        const after = await world.log.head();
        if (answer instanceof Failure) expect(after).toBe(before);
        await checkAnswer(world, answer);

        const again = await attempt(act(world.as(agent), id, `command-${index}`));
        expect(await world.log.head()).toBe(after);
        expect(again).toEqual(answer);
      }
      await world.close();
    }),
    { numRuns: 100 },
  );
}, 120_000);
