// One program, two profiles: the same commands and questions, in the same order, on both, and the answers compared.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { openScratchViews } from '../../src/views/embedded/scratch-views.ts';
import { openEngines } from '../support/distributed/engines.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { differenceOf } from './alike.ts';
import { answerOf, comparable, placed, question } from './questions.ts';
import { readable } from './readable.ts';
import { agents, story } from './story.ts';
import { live } from './universe.ts';
import { type Answer, openWorld, operator, type World } from './world.ts';

const RUNS = Number(process.env.ANNALS_PROFILE_RUNS ?? 15);
const QUESTIONS = 30;

const signature = { projections: 1, model: 'hashed-words', dimensions: 384 };
const logger = createLogger('silent', process.stdout);

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
        await using embedded = await openEmbedded();
        await using distributed = await openDistributed();
        const lived = await live(embedded, story);
        const there = await live(distributed, story);
        expect(there).toEqual(lived);
        for (const { reader, question } of asked) {
          const variables = placed(question, lived, await readable(embedded, lived, reader));
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

async function openEmbedded(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'annals-profiles-'));
  const log = await openSqliteLog({ file: join(folder, 'log.db') });
  const vectorsFile = join(folder, 'vectors.db');
  const views = await openEmbeddedViews({ signature, logger, viewsFile: join(folder, 'views.db'), vectorsFile });
  const openScratch = () => openScratchViews({ signature, logger, parent: folder, sharedVectors: vectorsFile });
  const world = await openWorld({ log, views, openScratch });
  return closing(world, async () => {
    await views.close();
    await rm(folder, { recursive: true });
  });
}

async function openDistributed(): Promise<World> {
  const { release, builds: _, ...engines } = await openEngines(signature);
  const world = await openWorld(engines);
  return closing(world, async () => {
    await engines.views.close();
    await release();
  });
}

function closing(world: World, then: () => Promise<void>): World {
  const close = async () => {
    await world.close();
    await then();
  };
  return { ...world, close, [Symbol.asyncDispose]: close };
}
