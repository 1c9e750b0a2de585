// Whatever happens: the state replayed to a position equals what was served at that position.
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createProjector } from '../../projections/projector.ts';
import { openPast } from '../../src/past/past.ts';
import { openScratchViews } from '../../src/views/embedded/scratch-views.ts';
import type { ViewReader, ViewStore } from '../../src/views/view-store.ts';
import { SIGNATURE, vectorOf } from '../conformance/view-store/harness.ts';
import { openWorld, operator as theOperator, type Who, type World } from '../schema/world.ts';
import { aTenantsHistory, historyIds } from '../support/arbitrary-history.ts';
import { analyse, aReader, minute, operator } from '../support/fixtures.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { openNaiveViews } from '../support/naive-views.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openIn } from '../views/open.ts';

type Opened = { views: ViewStore; openScratch: () => Promise<ViewStore>; close: () => Promise<void> };

const naive = async (): Promise<Opened> => ({
  views: openNaiveViews({ analyse }),
  openScratch: async () => openNaiveViews({ analyse }),
  close: async () => {},
});

const embedded = async (): Promise<Opened> => {
  const folder = await temporaryFolder();
  const views = await openIn(folder.path);
  return {
    views,
    openScratch: () =>
      openScratchViews({
        parent: folder.path,
        sharedVectors: folder.file('vectors.db'),
        signature: SIGNATURE,
        countTokens: new URL('../support/count-tokens.ts', import.meta.url),
        logger: pino({ level: 'silent' }),
      }),
    close: async () => {
      await views.close();
      await folder.remove();
    },
  };
};

const readers = [operator, aReader('ann'), aReader('cid', { teams: ['red'], peers: ['bob'] })];

/** All that is served to these readers at a time, to the last bit. */
async function served(views: Pick<ViewReader, 'get' | 'list' | 'search'>, now: string) {
  return Promise.all(
    readers.map(async (reader) => {
      const list = await views.list({ reader, now, first: 100, includeDeprecated: true });
      const answers = ['apple', 'pear plum fig'].map(async (text) => {
        const query = { reader, now, mode: 'HYBRID' as const, text, vector: vectorOf(text), limit: 100 };
        const { candidates } = await views.search(query);
        return candidates.sort((a, b) => (a.memory.id < b.memory.id ? -1 : 1));
      });
      return { list, get: await views.get(reader, historyIds, now), answers: await Promise.all(answers) };
    }),
  );
}

describe.each([
  ['naive', naive, 60],
  ['embedded', embedded, 8],
] as const)('%s views of the past', (_, open, numRuns) => {
  test('are those that were served then', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(aTenantsHistory, fc.nat(), async (history, chosen) => {
        const log = openMemoryLog();
        const { views, openScratch, close } = await open();
        const embedder = createHashEmbedder({ dimensions: SIGNATURE.dimensions });
        const projector = createProjector(log, views);
        await projector.start();
        try {
          const then = chosen % history.length;
          let before: { position: string; now: string; state: unknown } | null = null;
          for (const [n, { stream, event }] of history.entries()) {
            const result = await log.append([{ stream, expected: 'any', events: [event] }]);
            if (!result.ok) throw new Error('the append must succeed');
            if (n !== then) continue;
            expect(await projector.waitFor(result.position, 10_000)).toBe(true);
            await embed(views);
            const now = minute(n);
            before = { position: result.position, now, state: await served(views, now) };
          }
          expect(await projector.waitFor(await log.head(), 10_000)).toBe(true);
          if (before === null) throw new Error('a position is chosen');
          const past = await openPast({ log, embedder, openScratch }, 'acme', before.position);
          expect(await served(past.views, before.now)).toEqual(before.state);
          await past.close();
        } finally {
          await projector.stop();
          await close();
        }
      }),
      { numRuns },
    ),
  );
});

async function embed(views: ViewStore): Promise<void> {
  const wanted = await views.wantedVectors(1_000);
  await views.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: vectorOf(text) })));
}

const AGENTS = ['ann', 'bob', 'cid'];
const who = fc.constantFrom(...AGENTS);
const nth = fc.nat(20);
const scope = fc.constantFrom('AGENT_PRIVATE', 'AGENT_SHARED', 'GLOBAL');
const content = fc.constantFrom('apple pie', 'pear and apple', 'plum', 'plum or pear');

type Act = { mutation: string; by: string | null; of: number; variables?: object };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    by: who,
    of: nth,
    mutation: fc.constant(
      'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position memory { id } } }',
    ),
    variables: fc.record({ input: fc.record({ content, scope, ttl: fc.constantFrom(null, null, 90) }) }),
  }),
  fc.record({
    by: who,
    of: nth,
    mutation: fc.constant(
      'mutation ($id: ID!, $content: String, $scope: Scope) { reviseMemory(input: { id: $id, content: $content, scope: $scope }) { position } }',
    ),
    variables: fc.oneof(fc.record({ content }), fc.record({ scope })),
  }),
  fc.record({
    by: who,
    of: nth,
    mutation: fc.constant('mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }'),
  }),
  fc.record({ by: who, of: nth, mutation: fc.constant('mutation ($id: ID!) { forgetMemory(id: $id) { position } }') }),
  fc.record({
    by: fc.constant(null),
    of: nth,
    mutation: fc.constantFrom(
      'mutation ($agents: [String!]!) { addToTeam(team: "red", agents: $agents) { position } }',
      'mutation ($agents: [String!]!) { removeFromTeam(team: "red", agents: $agents) { position } }',
    ),
    variables: fc.record({ agents: fc.subarray(AGENTS, { minLength: 1 }) }),
  }),
);

const EVERYTHING = `query ($asOf: AsOf) {
  memories(first: 100, asOf: $asOf) { totalCount nodes { ...all } }
  search(input: { query: "apple plum", first: 100, asOf: $asOf }) { hits { score memory { ...all } explain { similarity coverage matchedTerms } } } }
  fragment all on Memory { id version content scope updatedAt effectiveness { score } votes { voter } }`;

type Node = { id: string };
type Everything = { memories: { totalCount: number; nodes: Node[] }; search: { hits: { memory: Node }[] } };

/** What is left of an answer when all but these memories are left out. */
const only = ({ memories, search }: Everything, ids: ReadonlySet<string>): Everything => {
  const nodes = memories.nodes.filter(({ id }) => ids.has(id));
  return {
    memories: { totalCount: nodes.length, nodes },
    search: { hits: search.hits.filter(({ memory }) => ids.has(memory.id)) },
  };
};

test(
  'an answer as of a position is the one that was given then, less what may not be read now',
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), fc.nat(), async (acts, chosen) => {
        await using world = await openWorld();
        const callers: Who[] = [...AGENTS, theOperator];
        const ids: string[] = [];
        let position = '';
        let given: Everything[] = [];
        for (const [n, { mutation, by, of, variables }] of acts.entries()) {
          world.pass(10_000);
          const before = await world.log.head();
          const { data } = await world.ask(by ?? theOperator, mutation, {
            id: ids[of % Math.max(1, ids.length)] ?? 'none',
            ...variables,
          });
          const { memory } = (Object.values(data ?? {})[0] as { memory?: Node }) ?? {};
          if (memory) ids.push(memory.id);
          const head = await world.log.head();
          // What has expired is decided at the time of the position's event: an act without one is no moment of its own.
          if (n < chosen % acts.length || head === before || given.length > 0) continue;
          await world.settled();
          position = head;
          given = await Promise.all(callers.map((caller) => ask(world, caller, null)));
        }
        world.pass(10_000);
        await world.settled();
        for (const [index, caller] of callers.entries()) {
          const readable = new Set<string>();
          for (const id of ids)
            if ((await world.data(caller, 'query ($id: ID!) { memory(id: $id) { id } }', { id })).memory)
              readable.add(id);
          const then = given[index];
          if (then !== undefined) expect(await ask(world, caller, { position })).toEqual(only(then, readable));
        }
      }),
      { numRuns: 60 },
    ),
);

const ask = (world: World, caller: Who, asOf: object | null): Promise<Everything> =>
  world.data(caller, EVERYTHING, { asOf });
