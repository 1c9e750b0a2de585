// Deltas through the API: many changes of memories at once, all or none.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, operator, type Who, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const DELTA = `mutation ($input: ApplyDeltaInput!) { applyDelta(input: $input) {
  memories { id version content type metadata deprecation { reason } effectiveness { score } lesson { errorPattern } } position } }`;
const apply = async (who: Who, operations: object[], commandId: string | null = null) =>
  (await world.data(who, DELTA, { input: { operations, commandId } })).applyDelta;
const record = async (who: Who, input: object = {}): Promise<string> => {
  const { memories } = await apply(who, [{ record: { content: 'a note', scope: 'GLOBAL', ...input } }]);
  return memories[0].id;
};

describe('a delta', () => {
  test('does every kind of operation, and answers each memory as it is after all', async () => {
    const [old, voted] = [await record('ann'), await record('bob')];
    const { memories, position } = await apply('ann', [
      { record: { content: 'new', metadata: { a: 1 } } },
      { revise: { id: old, content: 'revised' } },
      { vote: { memory: voted, value: 'HELPFUL', task: 't' } },
      { reflect: { content: 'learnt', errorPattern: 'silence' } },
      { deprecate: { id: old, reason: 'superseded', supersededBy: voted } },
    ]);
    const revised = { id: old, version: 2, content: 'revised', deprecation: { reason: 'superseded' } };
    expect(memories).toMatchObject([
      { content: 'new', type: 'STANDARD', metadata: { a: 1 }, version: 0 },
      revised,
      { id: voted, effectiveness: { score: 0.5 } },
      { content: 'learnt', type: 'REFLECTION', lesson: { errorPattern: 'silence' } },
      revised,
    ]);
    const { memory } = await world.data(
      'bob',
      'query ($id: ID!, $minPosition: Position) { memory(id: $id, minPosition: $minPosition) { version content } }',
      { id: old, minPosition: position },
    );
    expect(memory).toEqual({ version: 2, content: 'revised' });
  });

  test('applies what it says of one memory in order', async () => {
    const id = await record('ann');
    const contents = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    const { memories } = await apply(
      'ann',
      contents.map((content) => ({ revise: { id, content } })),
    );
    expect(memories).toHaveLength(100);
    expect(memories[0]).toMatchObject({ id, version: 100, content: 'text 99' });
  });

  test('happens once for a commandId', async () => {
    const id = await record('ann');
    const operations = [{ record: { content: 'once' } }, { revise: { id, content: 'changed' } }];
    const first = await apply('ann', operations, 'delta');
    const head = await world.log.head();
    expect(await apply('ann', operations, 'delta')).toEqual(first);
    const other = await world.ask('ann', DELTA, {
      input: { operations: [{ record: { content: 'twice' } }], commandId: 'delta' },
    });
    expect(other.errors?.[0]).toMatchObject({ extensions: { code: 'COMMAND_ID_REUSED' } });
    expect(await world.log.head()).toBe(head);
  });
});

describe('one bad operation, and none happens', () => {
  let head: string;
  let own: string;
  let secret: string;
  beforeAll(async () => {
    own = await record('ann');
    secret = await record('bob', { scope: 'AGENT_PRIVATE' });
    await record('bob');
    head = await world.log.head();
  });
  const good = { record: { content: 'good' } };
  const many = (count: number, item: object) => Array.from({ length: count }, () => item);
  const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } };

  test.each<[what: string, operations: () => object[], code: string, field: string]>([
    ['101 operations', () => many(101, good), 'INVALID_INPUT', 'input.operations'],
    ['none', () => [], 'INVALID_INPUT', 'input.operations'],
    ['an empty text', () => [good, { record: { content: '' } }], 'INVALID_INPUT', 'input.operations.1.record.content'],
    [
      'the fourth of four',
      () => [...many(3, good), { revise: { id: own, content: 'x'.repeat(100_001) } }],
      'INVALID_INPUT',
      'input.operations.3.revise.content',
    ],
    [
      'metadata 6 deep',
      () => [good, { record: { content: 'x', metadata: deep } }],
      'INVALID_INPUT',
      'input.operations.1.record.metadata',
    ],
    [
      'an unknown field',
      () => [{ record: { content: 'x', colour: 'red' } }],
      'INVALID_INPUT',
      'input.operations.0.record.colour',
    ],
    ['an operation that is none', () => [good, {}], 'INVALID_INPUT', 'input.operations.1'],
    ['two in one', () => [{ ...good, vote: { memory: own, value: 'HELPFUL' } }], 'INVALID_INPUT', 'input.operations.0'],
    ['null for an operation', () => [good, { vote: null }], 'INVALID_INPUT', 'input.operations.1.vote'],
    [
      'a reflection of another type',
      () => [{ reflect: { content: 'x', type: 'STANDARD' } }],
      'INVALID_INPUT',
      'input.operations.0.reflect.type',
    ],
    [
      'a memory that never was',
      () => [good, { vote: { memory: 'never-was', value: 'HELPFUL' } }],
      'NOT_FOUND',
      'input.operations.1.vote.memory',
    ],
    [
      "another's private memory",
      () => [good, { vote: { memory: secret, value: 'HELPFUL' } }],
      'NOT_FOUND',
      'input.operations.1.vote.memory',
    ],
    [
      'a successor that cannot be read',
      () => [{ deprecate: { id: own, supersededBy: secret } }],
      'NOT_FOUND',
      'input.operations.0.deprecate.supersededBy',
    ],
    [
      'a stale expectedVersion',
      () => [good, { revise: { id: own, content: 'x', expectedVersion: 7 } }],
      'CONFLICT',
      'input.operations.1.revise.expectedVersion',
    ],
  ])('%s', async (_, operations, code, field) => {
    const { errors } = await world.ask('ann', DELTA, { input: { operations: operations() } });
    expect(errors?.[0]).toMatchObject({ extensions: { code, field } });
    expect(await world.log.head()).toBe(head);
  });

  test("another's memory cannot be changed", async () => {
    const shared = await record('bob');
    const then = await world.log.head();
    const operations = [good, { revise: { id: shared, content: 'mine' } }];
    const { errors } = await world.ask('ann', DELTA, { input: { operations } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.operations.1.revise.id' } });
    expect(await world.log.head()).toBe(then);
  });

  test('in a literal, too', async () => {
    const ask = (operation: string) =>
      world.ask(
        'ann',
        `mutation { applyDelta(input: { operations: [{ record: { content: "x" } }, ${operation}] }) { position } }`,
      );
    for (const operation of ['{}', '{ record: { content: "x" }, vote: { memory: "m", value: HELPFUL } }']) {
      const { errors } = await ask(operation);
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: 'input.operations.1' } });
    }
  });

  test("another tenant's memory is as absent as one that never was", async () => {
    const stranger = { tenant: 'umbrella', agent: 'ann' };
    const ask = (id: string) =>
      world.ask(stranger, DELTA, { input: { operations: [good, { revise: { id, content: 'x' } }] } });
    const then = await world.log.head();
    expect((await ask(own)).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await ask(own)).toEqual(await ask('never-was'));
    expect(await world.log.head()).toBe(then);
  });

  test('the operator applies none', async () => {
    const { errors } = await world.ask(operator, DELTA, { input: { operations: [good] } });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});
