// What is wrong in sessions, features and runs is refused with the field at fault, and nothing is written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from './world.ts';

let world: World;
let head: string;
beforeAll(async () => {
  world = await openWorld();
  await world.data('ann', 'mutation { startSession(input: { id: "s" }) { position } }');
  await world.data('ann', 'mutation { declareFeature(input: { id: "f", description: "d" }) { position } }');
  await world.data('ann', 'mutation { startRun(input: { id: "r", task: "t" }) { position } }');
  await world.settled();
  head = await world.log.head();
});
afterAll(() => world.close());

const mutation = (field: string, type: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { position } }`;
const START = mutation('startSession', 'StartSessionInput');
const PROGRESS = mutation('progressSession', 'ProgressSessionInput');
const DECLARE = mutation('declareFeature', 'DeclareFeatureInput');
const UPDATE = mutation('updateFeature', 'UpdateFeatureInput');
const RUN = mutation('startRun', 'StartRunInput');
const COMPLETE = mutation('completeRun', 'CompleteRunInput');
const SESSIONS =
  'query ($agent: String, $first: Int, $after: String, $minPosition: Position) { sessions(agent: $agent, first: $first, after: $after, minPosition: $minPosition) { totalCount } }';
const FEATURES =
  'query ($namespace: String, $session: ID, $minPosition: Position) { features(namespace: $namespace, session: $session, minPosition: $minPosition) { total } }';

const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item);
const x = (count: number) => 'x'.repeat(count);
const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } };
const start = (given: object) => ({ input: given });
const progress = (given: object) => ({ input: { id: 's', ...given } });
const declare = (given: object) => ({ input: { id: 'g', description: 'd', ...given } });
const update = (given: object) => ({ input: { id: 'f', status: 'TESTING', ...given } });
const run = (given: object) => ({ input: { task: 't', ...given } });
const complete = (given: object) => ({ input: { id: 'r', success: true, ...given } });

test.each<[what: string, query: string, variables: object, field: string]>([
  ['a session id with a blank', START, start({ id: 'a b' }), 'input.id'],
  ['a session id of 65 characters', START, start({ id: x(65) }), 'input.id'],
  ['a session id with a colon', START, start({ id: 'a:b' }), 'input.id'],
  ['an empty session id', START, start({ id: '' }), 'input.id'],
  ['an agent that is no name', START, start({ agent: 'a b' }), 'input.agent'],
  ['an empty title', START, start({ title: '' }), 'input.title'],
  ['a title of 501 characters', START, start({ title: x(501) }), 'input.title'],
  ['a namespace with a colon', START, start({ namespace: 'a:b' }), 'input.namespace'],
  ['1,001 items', START, start({ items: many(1_001, 'i') }), 'input.items'],
  ['an empty item', START, start({ items: ['a', ''] }), 'input.items.1'],
  ['a total of 0', START, start({ total: 0 }), 'input.total'],
  ['a total beyond all', START, start({ total: 1_000_001 }), 'input.total'],
  ['a delta for nothing', PROGRESS, { input: { next: ['a'] } }, 'input.id'],
  ['a lone surrogate in an item', PROGRESS, progress({ next: ['a', '\ud800'] }), 'input.next.1'],
  ['an item of 501 characters', PROGRESS, progress({ completed: [x(501)] }), 'input.completed.0'],
  ['1,001 items removed', PROGRESS, progress({ removed: many(1_001, 'i') }), 'input.removed'],
  ['a block without reason', PROGRESS, progress({ blocked: [{ name: 'a' }] }), 'input.blocked.0.reason'],
  ['an empty reason', PROGRESS, progress({ blocked: [{ name: 'a', reason: '' }] }), 'input.blocked.0.reason'],
  [
    'a reason of 1,001 characters',
    PROGRESS,
    progress({
      blocked: [
        { name: 'a', reason: 'r' },
        { name: 'b', reason: x(1_001) },
      ],
    }),
    'input.blocked.1.reason',
  ],
  ['1,001 blocks', PROGRESS, progress({ blocked: many(1_001, { name: 'a', reason: 'r' }) }), 'input.blocked'],
  ['NUL in a summary', PROGRESS, progress({ summary: 'a\0' }), 'input.summary'],
  ['a summary of 10,001 characters', PROGRESS, progress({ summary: x(10_001) }), 'input.summary'],
  ['a last action of 2,001 characters', PROGRESS, progress({ lastAction: x(2_001) }), 'input.lastAction'],
  ['an unknown status', PROGRESS, progress({ status: 'DREAMING' }), 'input.status'],
  ['a version below 0', PROGRESS, progress({ expectedVersion: -1 }), 'input.expectedVersion'],
  ['a commandId of 257 characters', PROGRESS, progress({ commandId: x(257) }), 'input.commandId'],
  ['a feature id with a colon', DECLARE, declare({ id: 'a:b' }), 'input.id'],
  ['a feature in no namespace', DECLARE, declare({ namespace: '' }), 'input.namespace'],
  ['a feature without description', DECLARE, declare({ description: '' }), 'input.description'],
  ['a description of 10,001 characters', DECLARE, declare({ description: x(10_001) }), 'input.description'],
  ['a category of 257 characters', DECLARE, declare({ category: x(257) }), 'input.category'],
  ['a session that is no name', DECLARE, declare({ session: 'a b' }), 'input.session'],
  ['101 test steps', DECLARE, declare({ testSteps: many(101, 's') }), 'input.testSteps'],
  ['a test step of 2,001 characters', DECLARE, declare({ testSteps: [x(2_001)] }), 'input.testSteps.0'],
  ['an update without status', UPDATE, { input: { id: 'f' } }, 'input.status'],
  ['an implementer that is no name', UPDATE, update({ implementedBy: 'a b' }), 'input.implementedBy'],
  ['a verifier that is no name', UPDATE, update({ verifiedBy: '' }), 'input.verifiedBy'],
  ['notes of 10,001 characters', UPDATE, update({ notes: x(10_001) }), 'input.notes'],
  ['a failure of 1,001 characters', UPDATE, update({ failureReason: x(1_001) }), 'input.failureReason'],
  ['a run id with a blank', RUN, run({ id: 'a b' }), 'input.id'],
  ['a run for nothing', RUN, run({ task: '' }), 'input.task'],
  ['a task of 10,001 characters', RUN, run({ task: x(10_001) }), 'input.task'],
  ['a run with 101 memories', RUN, run({ memories: many(101, 'm') }), 'input.memories'],
  ['a run with a memory without id', RUN, run({ memories: ['m', ''] }), 'input.memories.1'],
  ['neither success nor failure', COMPLETE, { input: { id: 'r' } }, 'input.success'],
  ['an evaluation 6 deep', COMPLETE, complete({ evaluation: deep }), 'input.evaluation'],
  ['an evaluation that is a list', COMPLETE, complete({ evaluation: [] }), 'input.evaluation'],
  ['101 memories used', COMPLETE, complete({ memories: many(101, 'm') }), 'input.memories'],
  ['an error of 20,001 characters', COMPLETE, complete({ error: x(20_001) }), 'input.error'],
  ['an error pattern of 2,001 characters', COMPLETE, complete({ errorPattern: x(2_001) }), 'input.errorPattern'],
  ['sessions of no name', SESSIONS, { agent: 'a b' }, 'agent'],
  ['101 sessions', SESSIONS, { first: 101 }, 'first'],
  ['a cursor that none is', SESSIONS, { after: 'nothing' }, 'after'],
  ["another log's position", SESSIONS, { minPosition: '0000000000000001.ffffff' }, 'minPosition'],
  ['features of no namespace', FEATURES, { namespace: 'a b' }, 'namespace'],
  ['features of a session that is NUL', FEATURES, { session: '\0' }, 'session'],
  ['features as of a position yet to come', FEATURES, { minPosition: '9999999999999999.ffffff' }, 'minPosition'],
])('%s: INVALID_INPUT', async (_, query, variables, field) => {
  const { errors } = await world.ask('ann', query, variables);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field } });
  expect(await world.log.head()).toBe(head);
});

test.each<[query: string, variables: object]>([
  [PROGRESS, { input: { id: 'a b', next: ['x'] } }],
  [UPDATE, { input: { id: 'a:b', status: 'TESTING' } }],
  [COMPLETE, { input: { id: 'a/b', success: true } }],
])('an id that can be none is NOT_FOUND', async (query, variables) => {
  const { errors } = await world.ask('ann', query, variables);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.id' } });
});

test('and reads as null', async () => {
  const ids = ['a b', 'a:b', '../s', '+', 'memory-acme+x'];
  for (const id of ids) {
    const answer = await world.data(
      'ann',
      'query ($id: ID!) { session(id: $id) { id } feature(id: $id) { id } run(id: $id) { id } }',
      { id },
    );
    expect(answer).toEqual({ session: null, feature: null, run: null });
  }
});
