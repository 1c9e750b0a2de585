import { afterEach, expect, test } from 'vitest';
import { startTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';

let server: TestApp | undefined;
const start = async (options: TestAppOptions) => {
  server = await startTestApp(options);
  return server;
};
afterEach(() => server?.close());

const post = (text: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: text }),
});

test('an expired key is refused', async () => {
  let now = new Date('2026-01-01T00:00:00.000Z');
  const { ask, issueKey } = await start({ clock: () => now });
  const { secret } = await issueKey({ role: 'AGENT', agent: 'writer', ttl: 60 });
  expect((await ask({ key: secret }, '{ viewer { agent } }')).data).toEqual({ viewer: { agent: 'writer' } });
  now = new Date('2026-01-01T00:01:01.000Z');
  expect((await ask({ key: secret }, '{ viewer { agent } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

test('over the rate of its key a request is a 429 that says when to come back; another key has its own', async () => {
  const { request, issueKey } = await start({ settings: { rateLimit: { perSecond: 1, burst: 3 } } });
  const send = () => request('writer', '/graphql', post('{ viewer { role } }'));
  const statuses = [await send(), await send(), await send()].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200]);
  const refused = await send();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  const { secret } = await issueKey({ role: 'TENANT' });
  expect((await request({ key: secret }, '/graphql', post('{ viewer { role } }'))).status).toBe(200);
});

test('more requests at once than there is room for are refused with UNAVAILABLE, and the others are answered', async () => {
  const { request } = await start({ settings: { maxConcurrency: 2 } });
  const all = await Promise.all(
    Array.from({ length: 5 }, () => request('writer', '/graphql', post('{ memories { totalCount } }'))),
  );
  const statuses = all.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, 200, 503, 503, 503]);
});

test('a request that arrives slowly takes no room', async () => {
  const { request } = await start({ settings: { maxConcurrency: 1 } });
  const query = new TextEncoder().encode('{ "query": "{ viewer { role } }" }');
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const sender = writable.getWriter();
  const streamed: RequestInit & { duplex: 'half' } = { ...post(''), body: readable, duplex: 'half' };
  const slow = request('writer', '/graphql', streamed);
  await sender.write(query.subarray(0, 10));
  expect((await request('writer', '/graphql', post('{ viewer { role } }'))).status).toBe(200);
  await Promise.all([sender.write(query.subarray(10)), sender.close()]);
  expect(await (await slow).json()).toEqual({ data: { viewer: { role: 'TENANT' } } });
});

test('what is refused says nothing but what is in the contract', async () => {
  const { ask } = await start({});
  const { errors } = await ask('writer', `{ ${'viewer { role } '.repeat(900)} }`);
  expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'TOO_COMPLEX', limit: 500_000 }]);
});

test('in production there is no GraphiQL', async () => {
  const { request } = await start({ settings: { production: true } });
  const response = await request(null, '/graphql', { headers: { accept: 'text/html' } });
  expect(response.status).toBe(405);
});
