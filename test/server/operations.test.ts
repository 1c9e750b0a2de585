// What operators look at: health, readiness, metrics, export, logs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Incoming } from '../../src/server/exchange.ts';
import { createLoggerTo } from '../../src/server/logger.ts';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { isDistributed } from '../support/distributed/engines.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';

const RECORD =
  'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id version } position } }';
const record = async (server: TestApp, agent: string, input: object) => {
  const { data, errors } = await server.ask(agent, RECORD, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.recordMemory as { memory: { id: string; version: number }; position: string };
};

describe('health and readiness', () => {
  test('it lives and is ready; while it stops it lives but is not', async () => {
    const server = await startTestApp();
    try {
      const status = async (path: string) => (await server.request(null, path)).status;
      await expect.poll(() => status('/ready')).toBe(200);
      server.app.stopAccepting();
      expect(await status('/health')).toBe(200);
      const response = await server.request(null, '/ready');
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ status: 'not ready', reason: 'shutting down' });
      const refused = await server.ask('writer', '{ viewer { role } }');
      expect(refused.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    } finally {
      await server.close();
    }
  });

  test('while the projections catch up it is not ready, and says how far it is', async () => {
    const server = await startTestApp({ started: false });
    try {
      await record(server, 'writer', { content: 'one' });
      await record(server, 'writer', { content: 'two' });
      const response = await server.request(null, '/ready');
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ reason: 'the projections are catching up: 2 events to go' });
      await server.app.start();
      await expect.poll(async () => (await server.request(null, '/ready')).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  test('with views that cannot be read it says so, and writing goes on', async () => {
    const server = await startTestApp();
    try {
      await server.settled();
      await server.views.close();
      const response = await server.request(null, '/ready');
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        status: 'not ready',
        reason: expect.stringMatching(/^the views cannot be read: /),
      });
      await record(server, 'writer', { content: 'written while the views are away' });
    } finally {
      await server.close();
    }
  });
});

describe('metrics', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp();
    await record(server, 'writer', { content: 'one private note' });
    await record(server, 'writer', { content: 'one for all', scope: 'GLOBAL' });
    await server.ask('writer', 'query ($id: ID!) { memory(id: $id) { id } } # a comment', { id: 'nothing' });
    await server.ask(
      'writer',
      'mutation made_up_name { forgetMemory(id: "0198aaaa-0000-7000-8000-000000000000") { id } }',
    );
    await server.ask('writer', '{ nothing }');
    await server.settled();
    await server.ask('writer', '{ search(input: { query: "note" }) { took } }');
  });
  afterAll(() => server.close());

  const metrics = async () => (await server.request(null, '/metrics')).text();

  test.each([
    'annals_requests_total{field="Mutation.recordMemory",outcome="OK"} 2',
    'annals_requests_total{field="Query.memory",outcome="OK"} 1',
    'annals_requests_total{field="Mutation.forgetMemory",outcome="NOT_FOUND"} 1',
    'annals_request_duration_seconds_count{field="Mutation.recordMemory"} 2',
    'annals_errors_total{code="NOT_FOUND"} 1',
    'annals_errors_total{code="INVALID_INPUT"} 1',
    'annals_events_appended_total{type="memory.recorded"} 2',
    'annals_events_appended_total{type="key.issued"} 1',
    'annals_projection_lag_events 0',
    'annals_projection_lag_seconds 0',
    'annals_search_duration_seconds_count{mode="HYBRID"} 1',
    'annals_memories{scope="AGENT_PRIVATE"} 1',
    'annals_memories{scope="GLOBAL"} 1',
    'annals_embeddings_made 2',
    'annals_embeddings_cached 2',
    'annals_embeddings_waiting 0',
  ])('%s', async (line) => {
    expect((await metrics()).split('\n')).toContain(line);
  });

  // EventStoreDB does not tell how much it has.
  const onDisk = isDistributed ? ['views'] : ['log', 'views'];
  test.each(onDisk)('bytes on disk, of the %s', async (part) => {
    expect(await metrics()).toMatch(new RegExp(`^annals_disk_bytes\\{part="${part}"\\} [1-9]\\d+$`, 'm'));
  });

  test('nothing that a client chose is a label', async () => {
    const text = await metrics();
    expect(text).not.toContain('made_up_name');
    expect(text).not.toContain('nothing');
  });

  test('from another machine they need a key', async () => {
    const from = (headers: Record<string, string>): Incoming => ({
      method: 'GET',
      path: '/metrics',
      query: new URLSearchParams(),
      header: (name) => headers[name],
      local: false,
      body: async () => '',
      signal: () => new AbortController().signal,
    });
    expect((await server.app.answer(from({}))).status).toBe(401);
    expect((await server.app.answer(from({ authorization: `Bearer ${server.tenantKey}` }))).status).toBe(200);
  });
});

describe('export', () => {
  let server: TestApp;
  beforeEach(async () => {
    server = await startTestApp();
    return () => server.close();
  });
  const lines = async (who: string | typeof operator, after?: string) => {
    const response = await server.request(
      who,
      `/export?format=memories${after === undefined ? '' : `&after=${after}`}`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const text = await response.text();
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  };

  test('gives what the caller may read and nothing else', async () => {
    await record(server, 'writer', { content: 'mine' });
    await record(server, 'editor', { content: 'theirs' });
    await record(server, 'editor', { content: 'for all', scope: 'GLOBAL' });
    const contents = async (who: string | typeof operator) => (await lines(who)).map((line) => line.content);
    expect(await contents('writer')).toEqual(['mine', 'for all']);
    expect(await contents('editor')).toEqual(['theirs', 'for all']);
    expect(await contents('intern')).toEqual(['for all']);
    expect(await contents(operator)).toEqual(['mine', 'theirs', 'for all']);
  });

  test('a memory comes once, at its last change, and a position resumes behind it', async () => {
    const first = await record(server, 'writer', { content: 'first' });
    await record(server, 'writer', { content: 'second' });
    await server.ask(
      'writer',
      'mutation ($id: ID!) { reviseMemory(input: { id: $id, content: "first, revised" }) { position } }',
      { id: first.memory.id },
    );
    const all = await lines('writer');
    expect(all.map(({ content, version }) => ({ content, version }))).toEqual([
      { content: 'second', version: 0 },
      { content: 'first, revised', version: 1 },
    ]);
    expect((await lines('writer', all[0].position)).map((line) => line.content)).toEqual(['first, revised']);
    expect(await lines('writer', all[1].position)).toEqual([]);
  });

  test('many memories are streamed in steps', async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => ({ content: `note ${index}` }));
    for (let batch = 0; batch < 12; batch++)
      await server.ask(
        'writer',
        'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }',
        { input: inputs },
      );
    expect(await lines('writer')).toHaveLength(1_200);
  });

  test.each([
    ['/export', 'format'],
    ['/export?format=everything', 'format'],
    ['/export?format=events&keys=perhaps', 'keys'],
    ['/export?format=memories&after=nowhere', 'after'],
  ])('%s is a 400 that names %s', async (path, field) => {
    const response = await server.request('writer', path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT', field } }] });
  });

  test('without a key it is a 401', async () => {
    expect((await server.request(null, '/export?format=memories')).status).toBe(401);
  });
});

test('the log of an unexpected failure has its correlation id, and neither content nor key', async () => {
  const written: string[] = [];
  const logger = createLoggerTo('trace', { write: (line) => written.push(line) });
  const embedder = createHashEmbedder();
  const server = await startTestApp({ logger, embedder });
  try {
    await record(server, 'writer', { content: 'the vault opens at nine' });
    await server.settled();
    embedder.failWith(new Error('out of order'));
    await server.request('writer', '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-correlation-id': 'job-7' },
      body: JSON.stringify({ query: '{ search(input: { query: "vault" }) { took } }' }),
    });
    const mine = written.map((line) => JSON.parse(line)).filter((line) => line.correlationId === 'job-7');
    expect(mine).toContainEqual(expect.objectContaining({ message: 'request', path: '/graphql', status: 200 }));
    expect(written.join('')).not.toContain('vault');
    expect(written.join('')).not.toContain(server.tenantKey);
  } finally {
    await server.close();
  }
});
