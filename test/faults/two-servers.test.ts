// Two servers on the same engines, each a process of its own, with a folder of its own.
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';
import { subscribeOverSocket } from '../support/sse-socket.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const ADMIN_KEY = 'the-administrator-of-both-servers';
const RECORD = `mutation ($content: String!, $commandId: ID) {
  recordMemory(input: { content: $content, scope: GLOBAL, commandId: $commandId }) { memory { id } position } }`;
const LISTEN =
  'subscription { memories { __typename ... on MemoryChanged { event position memory { id } } ... on Heartbeat { position } } }';

let folder: TemporaryFolder;
let eventStore: EventStore;
let prefix: string;
let first: ServerProcess;
let second: ServerProcess;
let key: string;

describe.skipIf(elasticsearchUrl === undefined)('two servers', () => {
  beforeEach(async () => {
    folder = await temporaryFolder();
    eventStore = await startEventStore();
    prefix = randomPrefix();
    first = startProcess(folder.file('first'), settings());
    await first.ready;
    // The key that the first one made is good on the second, which has to be given it.
    await mkdir(folder.file('second'), { mode: 0o700 });
    await copyFile(join(folder.file('first'), 'default.key'), join(folder.file('second'), 'default.key'));
    second = startProcess(folder.file('second'), settings());
    await second.ready;
    key = (await readFile(join(folder.file('first'), 'default.key'), 'utf8')).trim();
  }, 120_000);
  afterEach(async () => {
    for (const server of [first, second]) server.kill('SIGKILL');
    await Promise.all([first.exited, second.exited]);
    await eventStore.stop();
    await removeIndices(prefix);
    await folder.remove();
  });

  test('what is written on one is seen on the other: by a subscription, and by a search that waits for it', async () => {
    const subscriber = await listen(second, key, 'writer');
    const { position, memory } = await record(first, 'analyst', 'The parser drops the byte order mark');
    await subscriber.came(1);
    expect(subscriber.notices[0]).toMatchObject({ memory: { id: memory.id }, position });
    subscriber.leave();
    expect(await found(second, 'byte order mark', position)).toEqual([memory.id]);
    expect(await found(first, 'byte order mark', position)).toEqual([memory.id]);
  });

  test('when the one that projects is killed, the other takes over, and nothing is lost or there twice', async () => {
    const before = await Promise.all(numbers(40).map((n) => record(first, 'analyst', `before ${n}`)));
    first.kill('SIGKILL');
    await first.exited;
    const after = await Promise.all(numbers(40).map((n) => record(second, 'analyst', `after ${n}`)));
    const last =
      after
        .map(({ position }) => position)
        .sort()
        .at(-1) ?? '';
    await expect.poll(() => total(second, last), { timeout: 10_000 }).toBe(before.length + after.length);
    const { data } = await second.ask(null, '{ verify { matches firstDifference } }');
    expect(data.verify).toEqual({ matches: true, firstDifference: null });
  });

  test('a caller whose server dies repeats its commands on the other, and each is done once', async () => {
    const commands = numbers(64).map((n) => ({ content: `once ${n}`, commandId: `command ${n}` }));
    const asked = commands.map((command) => first.ask('analyst', RECORD, command).catch(() => null));
    await Promise.any(asked);
    first.kill('SIGKILL');
    await Promise.all(asked);
    await first.exited;
    const answers = await Promise.all(commands.map((command) => second.ask('analyst', RECORD, command)));
    const positions = answers.map(({ data }) => data.recordMemory.position as string).sort();
    await expect.poll(() => total(second, positions.at(-1) ?? ''), { timeout: 10_000 }).toBe(commands.length);
  });

  test('a key holds on both, and revoked on one it is revoked on the other, where its streams end', async () => {
    const issued = await administer(
      first,
      'mutation ($input: IssueKeyInput!) { issueKey(input: $input) { key { id } secret } }',
      {
        input: { tenant: 'default', role: 'AGENT', agent: 'writer' },
      },
    );
    const {
      key: { id },
      secret,
    } = issued.data.issueKey;
    const subscriber = await listen(second, secret);
    expect(subscriber.status).toBe(200);
    await administer(first, 'mutation ($id: ID!) { revokeKey(id: $id) { id } }', { id });
    expect((await subscriber.ended).errors).toEqual(['UNAUTHENTICATED']);
    await expect.poll(() => statusOf(second, secret)).toBe(401);
    expect(await statusOf(first, secret)).toBe(401);
  });
});

const settings = (): Record<string, string> => ({
  EVENTSTORE_URL: eventStore.url,
  ELASTICSEARCH_URL: elasticsearchUrl ?? '',
  ELASTICSEARCH_PREFIX: prefix,
  ANNALS_ADMIN_KEY: ADMIN_KEY,
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function record(server: ServerProcess, agent: string, content: string) {
  const { data, errors } = await server.ask(agent, RECORD, { content });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.recordMemory as { memory: { id: string }; position: string };
}

async function found(server: ServerProcess, query: string, minPosition: string): Promise<string[]> {
  const { data, errors } = await server.ask(
    'writer',
    'query ($input: SearchInput!) { search(input: $input) { hits { memory { id } } } }',
    { input: { query, minPosition } },
  );
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.search.hits.map((hit: { memory: { id: string } }) => hit.memory.id);
}

/** null while the views are behind. */
async function total(server: ServerProcess, minPosition: string): Promise<number | null> {
  const { data } = await server.ask(
    'writer',
    'query ($minPosition: Position) { memories(first: 1, minPosition: $minPosition) { totalCount } }',
    { minPosition },
  );
  return data?.memories.totalCount ?? null;
}

const listen = async (server: ServerProcess, secret: string, agent?: string) =>
  subscribeOverSocket(
    await server.ready,
    { authorization: `Bearer ${secret}`, ...(agent !== undefined && { 'x-annals-agent': agent }) },
    LISTEN,
  );

async function administer(server: ServerProcess, query: string, variables: object) {
  const response = await post(server, ADMIN_KEY, { query, variables });
  return response.json();
}

const statusOf = async (server: ServerProcess, secret: string): Promise<number> =>
  (await post(server, secret, { query: '{ viewer { role } }' })).status;

const post = async (server: ServerProcess, secret: string, body: object): Promise<Response> =>
  fetch(`${await server.ready}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
  });
