// What one may not read leaves no trace: every answer is the same, to the bit, as if it had never been recorded.
import fc from 'fast-check';
import { expect } from 'vitest';
import { answerOf, comparable, placed, question } from './questions.ts';
import { readable } from './readable.ts';
import { agents, story } from './story.ts';
import { live, liveWithout } from './universe.ts';
import type { World } from './world.ts';

/** Of each story, and of each reader of it. */
const READERS = 2;
const QUESTIONS = 100;

const plan = fc.record({
  story,
  readers: fc.uniqueArray(fc.constantFrom(...agents), { minLength: READERS, maxLength: READERS }),
  questions: fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS, size: 'max' }),
});

/** Answers compared, things hidden, memories shown; answers that showed memories in a run, and in a handoff. */
export type Seen = { cases: number; hidden: number; rows: number; runs: number; handoffs: number };

/**
 * Puts so many questions, each to a world where all of a story happened and to one without what the asker may not read.
 * `cases`: 2,000 at least, for few stories may happen to show little.
 */
export async function expectNoTrace(open: () => Promise<World>, cases: number): Promise<Seen> {
  const seen: Seen = { cases: 0, hidden: 0, rows: 0, runs: 0, handoffs: 0 };
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
          const answer = comparable(await answerOf(whole, reader, question, variables));
          expect(answer).toBe(comparable(await answerOf(part, reader, question, variables)));
          expect(answer).not.toContain('TOO_COMPLEX');
          seen.cases += 1;
          seen.rows += answer.split('"content"').length - 1;
          if (question.ask === 'run' && answer.includes('"content"')) seen.runs += 1;
          if (question.ask === 'handoff' && answer.includes('"content"')) seen.handoffs += 1;
        }
        seen.hidden += [...lived.memories, ...lived.handoffs].length - visible.size;
      }
    }),
    { numRuns: Math.ceil(cases / READERS / QUESTIONS) },
  );
  // Something was there to be hidden, and something to be shown.
  expect(seen.hidden).toBeGreaterThan(0);
  expect(seen.rows).toBeGreaterThan(seen.cases / 2);
  return seen;
}
