// One program, two profiles: the same commands and questions, in the same order, on both, and the answers compared.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openEngines } from '../support/distributed/engines.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { differenceOf } from './alike.ts';
import { openOnFiles, signature } from './on-files.ts';
import { answerOf, comparable, placed, question } from './questions.ts';
import { readable } from './readable.ts';
import { agents, story } from './story.ts';
import { live } from './universe.ts';
import { type Answer, openWorld, operator, type World } from './world.ts';

const RUNS = Number(process.env.ANNALS_PROFILE_RUNS ?? 15);
const QUESTIONS = 30;

const plan = fc.record({
  story,
  asked: fc.array(fc.record({ reader: fc.constantFrom(...agents), question }), {
    minLength: QUESTIONS,
    maxLength: QUESTIONS,
    size: 'max',
  }),
});

describe.skipIf(elasticsearchUrl === undefined)('the two profiles', () => {
  test('give the same answers to the same questions, and verify with the same hash', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ story, asked }) => {
        await using embedded = await openOnFiles();
        await using distributed = await openWorld({ engines: await openEngines(signature) });
        const lived = await live(embedded, story);
        const there = await live(distributed, story);
        expect(there).toEqual(lived);
        const visible = new Map<string, Set<string>>();
        for (const agent of agents) visible.set(agent, await readable(embedded, lived, agent));
        for (const { reader, question } of asked) {
          const variables = placed(question, lived, visible.get(reader) ?? new Set());
          if (variables === null) continue;
          const [here, other] = [
            withoutCursors(await answerOf(embedded, reader, question, variables)),
            withoutCursors(await answerOf(distributed, reader, question, variables)),
          ];
          expect(differenceOf(here, other), JSON.stringify({ question, here, other })).toBeNull();
        }
        expect(await verified(distributed)).toEqual(await verified(embedded));
      }),
      // To make a story shorter takes longer than to read it.
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 600_000);
});

async function verified(world: World): Promise<unknown> {
  const { verify } = await world.data(operator, '{ verify { matches firstDifference served } }');
  expect(verify).toMatchObject({ matches: true, firstDifference: null });
  return verify.served;
}

/** A cursor is the profile's own. */
const withoutCursors = (answer: Answer): unknown =>
  JSON.parse(comparable(answer), (key, value) => (key === 'cursor' || key === 'endCursor' ? null : value));
