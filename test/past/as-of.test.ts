// Reads in the past, over the API: the state and the rights of then, less what may not be read now.
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { minute } from '../support/fixtures.ts';

let server: TestApp;
let now: string;

beforeEach(async () => {
  now = minute(0);
  server = await startTestApp({ clock: () => new Date(now) });
});
afterEach(() => server.close());

const RECORD = `mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { position memory { id } } }`;
const SEARCH = `query ($input: SearchInput!) {
  search(input: $input) { position receipt hits { score memory { id content version } explain { similarity coverage } } } }`;
const LIST = `query ($asOf: AsOf, $first: Int, $after: String) {
  memories(asOf: $asOf, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id content } } }`;
const MEMORY = `query ($id: ID!, $asOf: AsOf) { memory(id: $id, asOf: $asOf) { id content version effectiveness { helpful } } }`;
const PLAYBOOK = `query ($asOf: AsOf) { playbook(input: { query: "parsers", asOf: $asOf }) { position entries { score memory { id content } } } }`;

async function change(who: Who, mutation: string, variables: object = {}): Promise<Record<string, string>> {
  const { data, errors } = await server.ask(who, mutation, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0] as Record<string, string>;
}

async function record(who: string, content: string, input: object = {}): Promise<{ id: string; position: string }> {
  const { data, errors } = await server.ask(who, RECORD, { input: { content, scope: 'GLOBAL', ...input } });
  if (errors) throw new Error(JSON.stringify(errors));
  return { id: data.recordMemory.memory.id, position: data.recordMemory.position };
}

const search = async (who: Who, input: object) =>
  (await server.ask(who, SEARCH, { input: { query: 'parsers', ...input } })).data.search;
const contents = (hits: { memory: { content: string } }[]) => hits.map(({ memory }) => memory.content);
const list = async (who: Who, variables: object) => (await server.ask(who, LIST, variables)).data.memories;
const memory = async (who: Who, id: string, asOf: object) => (await server.ask(who, MEMORY, { id, asOf })).data.memory;

const REVISE =
  'mutation ($id: ID!, $content: String!) { reviseMemory(input: { id: $id, content: $content }) { position } }';
const FORGET = 'mutation ($id: ID!) { forgetMemory(id: $id) { position } }';
const SHARE = 'mutation ($id: ID!, $scope: Scope!) { reviseMemory(input: { id: $id, scope: $scope }) { position } }';
const VOTE = 'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }';

describe('every read that has it', () => {
  test('answers as it was, by position and by time', async () => {
    const one = await record('ann', 'parsers fail on a byte order mark');
    now = minute(1);
    await change('bob', VOTE, one);
    now = minute(2);
    await record('ann', 'parsers like to be fed');
    now = minute(3);
    await change('ann', REVISE, { id: one.id, content: 'tokens are read by parsers' });
    now = minute(10);

    for (const asOf of [{ position: one.position }, { time: minute(0.5) }]) {
      expect(await memory('bob', one.id, asOf)).toEqual({
        id: one.id,
        content: 'parsers fail on a byte order mark',
        version: 0,
        effectiveness: { helpful: 0 },
      });
      expect(await list('bob', { asOf })).toMatchObject({
        totalCount: 1,
        nodes: [{ content: 'parsers fail on a byte order mark' }],
      });
      const found = await search('bob', { asOf });
      expect(found.position).toBe(one.position);
      expect(contents(found.hits)).toEqual(['parsers fail on a byte order mark']);
    }
    expect(await memory('bob', one.id, { time: minute(1) })).toMatchObject({
      version: 1,
      effectiveness: { helpful: 1 },
    });
    expect(contents((await search('bob', { asOf: { time: minute(2) } })).hits).sort()).toEqual([
      'parsers fail on a byte order mark',
      'parsers like to be fed',
    ]);
  });

  test('a playbook, too', async () => {
    const REFLECT = `mutation ($content: String!) { recordReflection(input: { content: $content }) { position memory { id } } }`;
    const first = await change('ann', REFLECT, { content: 'parsers want their mark removed' });
    now = minute(1);
    await change('ann', REFLECT, { content: 'parsers want a schema' });
    const { data } = await server.ask('bob', PLAYBOOK, { asOf: { position: first.position } });
    expect(contents(data.playbook.entries)).toEqual(['parsers want their mark removed']);
    expect(data.playbook.position).toBe(first.position);
  });

  test('before anything existed is empty, and no error', async () => {
    const { id } = await record('ann', 'parsers');
    const asOf = { time: '2001-01-01T00:00:00Z' };
    expect(await memory('ann', id, asOf)).toBeNull();
    expect(await list('ann', { asOf })).toMatchObject({ totalCount: 0, nodes: [] });
    expect((await search('ann', { asOf })).hits).toEqual([]);
    expect((await search('ann', { asOf: { position: server.log.start } })).hits).toEqual([]);
    expect((await server.ask('ann', PLAYBOOK, { asOf })).data.playbook.entries).toEqual([]);
  });

  test('what is not past is refused, with the name of the field', async () => {
    const { id, position } = await record('ann', 'parsers');
    const future = position.replace(/^\d{16}/, '9000000000000000');
    const foreign = position.replace(/\.[0-9a-f]{6}$/, (log) => (log === '.000000' ? '.111111' : '.000000'));
    const cases: [object, string][] = [
      [{ position: future }, 'position'],
      [{ position: foreign }, 'position'],
      [{ position: 'x' }, 'position'],
      [{ time: minute(1) }, 'time'],
    ];
    for (const [asOf, field] of cases) {
      const asked = [
        server.ask('ann', MEMORY, { id, asOf }),
        server.ask('ann', LIST, { asOf }),
        server.ask('ann', SEARCH, { input: { query: 'parsers', asOf } }),
        server.ask('ann', PLAYBOOK, { asOf }),
      ];
      for (const { errors } of await Promise.all(asked)) {
        expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
        expect(errors?.[0]?.extensions.field).toMatch(new RegExp(`asOf.${field}$`));
      }
    }
    for (const asOf of [{}, { position, time: minute(0) }])
      expect((await server.ask('ann', MEMORY, { id, asOf })).errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
  });

  test('the same question gets the same answer, whatever was written since', async () => {
    for (let n = 0; n < 12; n++) await record(n % 2 ? 'ann' : 'bob', `parsers and ${'many '.repeat(n)}words ${n}`);
    const { position } = await record('ann', 'parsers, the last');
    const question = { asOf: { position }, decay: true, effectivenessWeight: 1 };
    const first = await search('ann', question);
    expect(first.hits).toHaveLength(10);
    for (let n = 0; n < 5; n++) {
      now = minute(n + 1);
      const { id } = await record('cid', `parsers ${n}`);
      await change('ann', VOTE, { id });
      expect(await search('ann', question)).toEqual(first);
    }
    await search('ann', { asOf: { time: minute(1) } });
    await search('ann', { asOf: { time: minute(2) } });
    expect(await search('ann', question)).toEqual(first);
  });
});

describe('rights', () => {
  const JOIN = 'mutation ($agents: [String!]!) { addToTeam(team: "press", agents: $agents) { position } }';
  const LEAVE = 'mutation ($agents: [String!]!) { removeFromTeam(team: "press", agents: $agents) { position } }';
  const sees = async (who: Who, id: string, position: string | undefined) => {
    const asOf = { position };
    const [one, all, hits] = [
      await memory(who, id, asOf),
      await list(who, { asOf }),
      (await search(who, { asOf })).hits,
    ];
    const answers = [one !== null, all.nodes.length > 0, all.totalCount > 0, hits.length > 0];
    expect(new Set(answers).size).toBe(1);
    return answers[0];
  };

  test('are those of then: who came later does not see what was before it came', async () => {
    const { id, position } = await record('ann', 'parsers', { scope: 'AGENT_SHARED' });
    const joined = await change(operator, JOIN, { agents: ['ann', 'bob'] });
    expect(await sees('bob', id, position)).toBe(false);
    expect(await sees('bob', id, joined.position)).toBe(true);
    expect(await sees(operator, id, position)).toBe(true);
  });

  test('and those of now: who left does not see any more what it saw', async () => {
    await change(operator, JOIN, { agents: ['ann', 'bob'] });
    const { id, position } = await record('ann', 'parsers', { scope: 'AGENT_SHARED' });
    expect(await sees('bob', id, position)).toBe(true);
    await change(operator, LEAVE, { agents: ['bob'] });
    expect(await sees('bob', id, position)).toBe(false);
    expect(await sees('ann', id, position)).toBe(true);
  });

  test('what became private or was forgotten since is not shown, nor counted, not even to the operator', async () => {
    const { id, position } = await record('ann', 'parsers');
    await change('ann', SHARE, { id, scope: 'AGENT_PRIVATE' });
    await server.settled();
    expect(await sees('bob', id, position)).toBe(false);
    expect(await sees('ann', id, position)).toBe(true);
    await change('ann', FORGET, { id });
    await server.settled();
    expect(await sees('ann', id, position)).toBe(false);
    expect(await sees(operator, id, position)).toBe(false);
  });

  test('what was private then stays so, though it is shared now', async () => {
    const { id, position } = await record('ann', 'parsers', { scope: 'AGENT_PRIVATE' });
    await change('ann', SHARE, { id, scope: 'GLOBAL' });
    await server.settled();
    expect(await sees('bob', id, position)).toBe(false);
  });

  test('what has expired is in no read, what had then neither', async () => {
    const { id, position } = await record('ann', 'parsers', { ttl: 600 });
    now = minute(5);
    expect(await sees('bob', id, position)).toBe(true);
    now = minute(15);
    expect(await sees('bob', id, position)).toBe(false);
  });

  test('another tenant has its own past', async () => {
    const { secret } = await server.issueKey({ role: 'TENANT', tenant: 'other' });
    const { id, position } = await record('ann', 'parsers');
    expect(await sees({ key: secret, agent: 'ann' }, id, position)).toBe(false);
  });
});

test('a list in the past is paged like any other, over what may not be read any more', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 9; n++) {
    now = minute(n);
    ids.push((await record('ann', `note ${n}`)).id);
  }
  const asOf = { position: await server.log.head() };
  for (const n of [1, 4, 5, 8]) await change('ann', FORGET, { id: ids[n] });
  await record('ann', 'later');
  await server.settled();
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await list('bob', { asOf, first: 2, after });
    expect(page.totalCount).toBe(5);
    pages.push(page.nodes.map(({ content }: { content: string }) => content));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
  } while (after !== undefined);
  expect(pages).toEqual([['note 7', 'note 6'], ['note 3', 'note 2'], ['note 0']]);
});

test('what a past was read from is gone when it makes room, and at the end', async () => {
  const positions: string[] = [];
  for (let n = 0; n < 4; n++) positions.push((await record('ann', `parsers ${n}`)).position);
  const folders = async () => (await readdir(server.folder)).filter((name) => name.startsWith('scratch-')).length;
  for (const position of positions) await search('ann', { asOf: { position } });
  await expect.poll(folders).toBe(2);
  await server.app.close();
  await expect.poll(folders).toBe(0);
});

describe('a session, a feature and a handoff', () => {
  test('are as they were, to those whom they concern', async () => {
    await change('ann', 'mutation { startSession(input: { id: "s1", items: ["parse"] }) { position } }');
    await change('ann', 'mutation { declareFeature(input: { id: "csv", description: "Imports CSV" }) { position } }');
    const OFFER =
      'mutation { offerHandoff(input: { to: { agent: "bob" }, task: "Go on" }) { position handoff { id } } }';
    const offered = (await server.ask('ann', OFFER)).data.offerHandoff;
    const asOf = { position: offered.position };
    now = minute(1);
    await change('bob', 'mutation { progressSession(input: { id: "s1", completed: ["parse"] }) { position } }');
    await change('bob', 'mutation { updateFeature(input: { id: "csv", status: TESTING }) { position } }');
    await change('bob', 'mutation ($id: ID!) { acceptHandoff(input: { id: $id }) { position } }', offered.handoff);
    const ALL = `query ($asOf: AsOf, $id: ID!) {
      session(id: "s1", asOf: $asOf) { completed } feature(id: "csv", asOf: $asOf) { status } handoff(id: $id, asOf: $asOf) { status } }`;
    const ask = async (who: Who, at: object | null) =>
      (await server.ask(who, ALL, { asOf: at, ...offered.handoff })).data;
    expect(await ask('bob', asOf)).toEqual({
      session: { completed: [] },
      feature: { status: 'NOT_STARTED' },
      handoff: { status: 'OFFERED' },
    });
    const present = { session: { completed: ['parse'] }, feature: { status: 'TESTING' } };
    expect(await ask('bob', null)).toEqual({ ...present, handoff: { status: 'ACCEPTED' } });
    expect(await ask('cid', asOf)).toMatchObject({ feature: { status: 'NOT_STARTED' }, handoff: null });
    expect(await ask('bob', { time: minute(-1) })).toEqual({ session: null, feature: null, handoff: null });
  });
});
