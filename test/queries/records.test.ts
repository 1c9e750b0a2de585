// Sessions, features and runs by id: what their streams fold to, whatever else is written there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../schema/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const append = (stream: string, type: string) =>
  world.log.append([
    {
      stream,
      expected: 0,
      events: [
        {
          id: `${type} of the future`,
          type,
          recordedAt: world.now(),
          data: { mood: 'blue' },
          metadata: { correlationId: 'c', actor: 'ann', tenant: 'acme', schema: 1 },
        },
      ],
    },
  ]);

test('an event of a type from the future is left out of what is read, and stops what would be decided', async () => {
  await world.data('ann', 'mutation { startSession(input: { id: "s", items: ["a"] }) { position } }');
  await world.data('ann', 'mutation { declareFeature(input: { id: "f", description: "d" }) { position } }');
  await world.data('ann', 'mutation { startRun(input: { id: "r", task: "t" }) { position } }');
  await append('session-acme+s', 'session.dreamt');
  await append('feature-acme+default:f', 'feature.dreamt');
  await append('run-acme+r', 'run.dreamt');
  await world.settled();

  const read = await world.data(
    'bob',
    `{ session(id: "s") { version next history { event } } feature(id: "f") { version } run(id: "r") { version }
       sessions { totalCount } features { total } }`,
  );
  expect(read).toEqual({
    session: { version: 0, next: ['a'], history: [{ event: 'session.started' }] },
    feature: { version: 0 },
    run: { version: 0 },
    sessions: { totalCount: 1 },
    features: { total: 1 },
  });
  for (const command of [
    'progressSession(input: { id: "s", next: ["b"] })',
    'updateFeature(input: { id: "f", status: TESTING })',
    'completeRun(input: { id: "r", success: true })',
  ]) {
    const { errors } = await world.ask('ann', `mutation { ${command} { position } }`);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'UNAVAILABLE' } });
  }
});
