// GraphQL over WebSocket, as a graphql-ws client sees it.
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { operator } from '../support/app.ts';
import { type Served, startServed } from '../support/served.ts';

let server: Served;
beforeEach(async () => {
  server = await startServed();
});
afterEach(() => server.close());

const MEMORIES =
  'subscription ($after: Position) { memories(after: $after) { ... on MemoryChanged { memory { content } } } }';
const RECORD =
  'mutation ($content: String!) { recordMemory(input: { content: $content, scope: GLOBAL }) { position } }';

const clientOf = (connectionParams: Record<string, unknown>) =>
  createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
    lazy: true,
  });
const as = (agent: string, key = server.tenantKey) =>
  clientOf({ authorization: `Bearer ${key}`, 'x-annals-agent': agent });

test('a subscription gets history and what happens, and a mutation goes the same way', async () => {
  await using client = disposable(as('ann'));
  const { data } = await server.ask('ann', RECORD, { content: 'before' });
  await server.ask('ann', RECORD, { content: 'missed' });
  const notices = client.iterate({ query: MEMORIES, variables: { after: data.recordMemory.position } });
  expect((await notices.next()).value.data.memories.memory.content).toBe('missed');
  const results = client.iterate({ query: RECORD, variables: { content: 'over the socket' } });
  expect((await results.next()).value.data.recordMemory.position).toMatch(/^\d/);
  expect((await notices.next()).value.data.memories.memory.content).toBe('over the socket');
});

test('a bad position is an error before anything else', async () => {
  await using client = disposable(as('ann'));
  const notices = client.iterate({ query: MEMORIES, variables: { after: 'nowhere' } });
  await expect(notices.next()).rejects.toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'after' } }]);
});

test.each([
  ['no key', {}, 4401],
  ['a wrong key', { authorization: 'Bearer annals_wrong' }, 4401],
  ['an agent that is no name', { 'x-annals-agent': 'two words' }, 4400],
])('with %s the connection is closed', async (_what, parameters, code) => {
  await using client = disposable(clientOf(parameters));
  await expect(client.iterate({ query: MEMORIES }).next()).rejects.toMatchObject({ code });
});

test('a key that is revoked ends the subscription with UNAUTHENTICATED', async () => {
  const { id, secret } = await server.issueKey({ role: 'AGENT', agent: 'bob' });
  await using client = disposable(clientOf({ authorization: `Bearer ${secret}` }));
  const opened = new Promise((resolve) => client.on('connected', resolve));
  const notices = client.iterate({ query: MEMORIES });
  const last = notices.next();
  await opened;
  await expect
    .poll(async () => (await server.request(null, '/metrics')).text())
    .toContain('annals_subscriptions{field="memories"} 1');
  await server.ask(operator, 'mutation ($id: ID!) { revokeKey(id: $id) { id } }', { id });
  expect((await last).value.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  expect((await notices.next()).done).toBe(true);
});

test('whoever completes or leaves is subscribed no more', async () => {
  const client = as('ann');
  const gauge = async () =>
    /annals_subscriptions\{field="memories"\} (\d+)/.exec(await (await server.request(null, '/metrics')).text())?.[1];
  const [first, second] = [client.iterate({ query: MEMORIES }), client.iterate({ query: MEMORIES })];
  const pending = Promise.allSettled([first.next(), second.next()]);
  await expect.poll(gauge).toBe('2');
  await first.return?.();
  await expect.poll(gauge).toBe('1');
  client.terminate();
  await expect.poll(gauge).toBe('0');
  await pending;
});

test('when the server stops, connections are cut', async () => {
  const client = as('ann');
  const closed = new Promise((resolve) => client.on('closed', resolve));
  const pending = Promise.allSettled([client.iterate({ query: MEMORIES }).next()]);
  await expect
    .poll(async () => (await server.request(null, '/metrics')).text())
    .toContain('annals_subscriptions{field="memories"} 1');
  server.app.stopAccepting();
  expect(await closed).toMatchObject({ code: 1006 });
  expect(await pending).toMatchObject([{ status: 'rejected' }]);
});

type Client = ReturnType<typeof createClient>;
const disposable = (client: Client): Client & AsyncDisposable =>
  Object.assign(client, { [Symbol.asyncDispose]: async () => client.dispose() });
