// What a client meets before GraphQL does: keys, headers, methods, sizes. Over a socket and in the process alike.
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/server/body.ts';
import { type Listening, serve } from '../../src/server/serve.ts';
import { ADMIN_KEY, administrator, operator, startTestApp, type TestApp } from '../support/app.ts';

let server: TestApp;
let listening: Listening;

beforeAll(async () => {
  server = await startTestApp();
  listening = await serve(server.app, '127.0.0.1', 0);
});

afterAll(async () => {
  await listening.close(1_000);
  await server.close();
});

type Send = (path: string, init?: RequestInit) => Promise<Response>;
const ways: [string, Send][] = [
  ['in the process', (path, init) => server.app.fetch(new Request(`http://annals${path}`, init))],
  ['over a socket', (path, init) => fetch(`${listening.url}${path}`, init)],
];

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${server.tenantKey}`, ...headers },
  body,
});
const query = (text: string, headers: Record<string, string> = {}) => post(JSON.stringify({ query: text }), headers);
const failureOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: { extensions: { code: string; field?: string } }[] };
  return { status: response.status, ...errors[0]?.extensions };
};

describe.each(ways)('%s', (_way, send) => {
  test('a key of the tenant answers as the operator, and as the agent that it names', async () => {
    const viewer = async (headers: Record<string, string>) =>
      (await send('/graphql', query('{ viewer { tenant role agent } }', headers))).json();
    expect(await viewer({})).toEqual({ data: { viewer: { tenant: 'acme', role: 'TENANT', agent: null } } });
    expect(await viewer({ 'x-annals-agent': 'writer' })).toEqual({
      data: { viewer: { tenant: 'acme', role: 'TENANT', agent: 'writer' } },
    });
  });

  test.each([
    ['no key', ''],
    ['a wrong key', 'Bearer annals_wrong'],
    ['another scheme', 'Basic YWxhZGRpbjpvcGVuc2VzYW1l'],
    ['a key with a blank', 'Bearer two words'],
    ['nearly the administrator', `Bearer ${ADMIN_KEY}x`],
  ])('%s is a 401 with a GraphQL error', async (_what, authorization) => {
    const response = await send('/graphql', query('{ viewer { role } }', { authorization }));
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="annals"');
    expect(await failureOf(response)).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test("an agent's key acts for that agent and no other", async () => {
    const { secret } = await server.issueKey({ role: 'AGENT', agent: 'writer' });
    const ask = (headers: Record<string, string>) =>
      send('/graphql', query('{ viewer { agent } }', { authorization: `Bearer ${secret}`, ...headers }));
    expect(await (await ask({})).json()).toEqual({ data: { viewer: { agent: 'writer' } } });
    expect(await (await ask({ 'x-annals-agent': 'writer' })).json()).toEqual({ data: { viewer: { agent: 'writer' } } });
    expect(await failureOf(await ask({ 'x-annals-agent': 'intern' }))).toEqual({
      status: 200,
      code: 'FORBIDDEN',
      field: 'x-annals-agent',
    });
  });

  test.each(['', 'two words', 'a'.repeat(65), 'größe'])('the agent name %j is a 400', async (name) => {
    const headers = { 'x-annals-agent': Buffer.from(name).toString('latin1') };
    expect(await failureOf(await send('/graphql', query('{ viewer { role } }', headers)))).toMatchObject({
      status: 400,
      code: 'INVALID_INPUT',
      field: 'x-annals-agent',
    });
  });

  test('a correlation id comes back; without one, one is made; a malformed one is a 400', async () => {
    const ask = (headers: Record<string, string>) => send('/graphql', query('{ viewer { role } }', headers));
    expect((await ask({ 'x-correlation-id': 'job-7' })).headers.get('x-correlation-id')).toBe('job-7');
    expect((await ask({})).headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await failureOf(await ask({ 'x-correlation-id': 'a b' }))).toMatchObject({
      status: 400,
      field: 'x-correlation-id',
    });
  });

  test.each([
    ['no JSON', '{', 'body'],
    ['an empty body', '', 'body'],
    ['a batch', '[{"query":"{ viewer { role } }"}]', 'body'],
    ['no query', '{}', 'query'],
    ['a query that is no text', '{"query":1}', 'query'],
    ['variables that are no object', '{"query":"{ viewer { role } }","variables":[1]}', 'variables'],
    ['what is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'body'],
  ])('%s is a 400', async (_what, body, field) => {
    expect(await failureOf(await send('/graphql', post(body)))).toMatchObject({
      status: 400,
      code: 'INVALID_INPUT',
      field,
    });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('content of type %s, which a form of another site could send, is a 415', async (type) => {
    const init = post('{"query":"{ viewer { role } }"}', { 'content-type': type });
    expect(await failureOf(await send('/graphql', init))).toMatchObject({ status: 415, field: 'content-type' });
  });

  test('a body of 9 MB is a 413', async () => {
    const init = post(JSON.stringify({ query: '{ viewer { role } }', variables: { x: 'x'.repeat(9_000_000) } }));
    expect(await failureOf(await send('/graphql', init))).toEqual({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      field: 'body',
      limit: MAX_BODY_BYTES,
    });
  });

  test('a query in the address is not answered: GET changes nothing and reads nothing', async () => {
    const headers = { authorization: `Bearer ${server.tenantKey}` };
    const response = await send('/graphql?query={viewer{role}}', { headers });
    expect(response.headers.get('allow')).toBe('POST');
    expect(response.status).toBe(405);
  });

  test('other methods are a 405, other paths a 404', async () => {
    expect((await send('/graphql', { method: 'DELETE' })).status).toBe(405);
    expect((await send('/health', { method: 'POST' })).status).toBe(405);
    expect((await send('/nothing')).status).toBe(404);
    expect((await send('/__proto__')).status).toBe(404);
  });

  test('GraphQL failures are 200 with errors and a code', async () => {
    expect(await failureOf(await send('/graphql', query('{ nothing }')))).toMatchObject({
      status: 200,
      code: 'INVALID_INPUT',
    });
    expect(await failureOf(await send('/graphql', query('{ viewer {')))).toMatchObject({
      status: 200,
      code: 'INVALID_INPUT',
    });
  });

  test('a client that asks for the newer media type gets it, with its statuses', async () => {
    const accept = { accept: 'application/graphql-response+json' };
    const good = await send('/graphql', query('{ viewer { role } }', accept));
    expect(good.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
    expect(good.status).toBe(200);
    expect((await send('/graphql', query('{ nothing }', accept))).status).toBe(400);
  });

  test('a client that asks for server-sent events gets next and complete', async () => {
    const response = await send('/graphql', query('{ viewer { role } }', { accept: 'text/event-stream' }));
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const text = await response.text();
    expect(text).toContain('event: next\ndata: {"data":{"viewer":{"role":"TENANT"}}}');
    expect(text).toContain('event: complete');
  });

  test('GraphiQL comes whole and compressed to a browser', async () => {
    const response = await send('/graphql', { headers: { accept: 'text/html', 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    await response.body?.cancel();
  });
});

test('over a socket, a body without a length is cut off at the limit', async () => {
  const part = new Uint8Array(1_000_000).fill(0x20);
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent++ < 9) controller.enqueue(part);
      else controller.close();
    },
  });
  const init = { ...post(''), body, duplex: 'half' } as RequestInit;
  expect(await failureOf(await fetch(`${listening.url}/graphql`, init))).toMatchObject({ status: 413 });
});

test('a port that is taken is an error of the start', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await expect(serve(server.app, '127.0.0.1', port)).rejects.toThrow('is in use');
  await new Promise((resolve) => other.close(resolve));
});

describe('keys', () => {
  const role = '{ viewer { role } }';
  const codeOf = async (key: string) => (await server.ask({ key }, role)).errors?.[0]?.extensions.code;

  test('a revoked key is refused at once', async () => {
    const { id, secret } = await server.issueKey({ role: 'AGENT', agent: 'writer' });
    expect(await codeOf(secret)).toBeUndefined();
    await server.ask(operator, 'mutation ($id: ID!) { revokeKey(id: $id) { id } }', { id });
    expect(await codeOf(secret)).toBe('UNAUTHENTICATED');
  });

  test('the administrator acts for no agent', async () => {
    expect((await server.ask(administrator, role)).data).toEqual({ viewer: { role: 'ADMIN' } });
    expect((await server.ask({ key: ADMIN_KEY, agent: 'writer' }, role)).errors?.[0]?.extensions.code).toBe(
      'FORBIDDEN',
    );
  });
});
