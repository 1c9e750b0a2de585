// GET /export?format=events: who gets which events, and that any line is a place to go on from.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { categories } from '../../src/domain/streams.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { tenantEventLines } from '../../src/server/export-events.ts';
import { administrator, operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { anEvent } from '../support/fixtures.ts';

let server: TestApp;

const record = async (who: Who, input: object): Promise<string> => {
  const { data, errors } = await server.ask(
    who,
    'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }',
    { input },
  );
  expect(errors).toBeUndefined();
  return data.recordMemory.memory.id;
};

beforeAll(async () => {
  server = await startTestApp();
  await server.ask(operator, 'mutation { addToTeam(team: "red", agents: ["ann", "bob"]) { position } }');
  const secret = await record('ann', { content: 'ann alone' });
  await record('ann', { content: 'for the team 🦉 \u2028', scope: 'AGENT_SHARED', sources: [{ memory: secret }] });
  for (let n = 0; n < 30; n++) await record('cid', { content: `for all ${n}`, scope: 'GLOBAL', dedupe: n % 2 === 0 });
  await server.issueKey({ role: 'TENANT', tenant: 'other' });
  await server.settled();
});
afterAll(() => server.close());

const exported = async (who: Who, more = ''): Promise<RecordedEvent[]> => {
  const response = await server.request(who, `/export?format=events${more}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
  const text = await response.text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
};
const tenantLog = async (keys: boolean) => {
  const wanted = categories.filter((category) => keys || category !== 'key');
  return (await server.log.read({ after: null, tenant: 'acme', categories: wanted, limit: 1_000 })).events;
};

describe('the operator', () => {
  test("gets the tenant's log as it is, without its keys", async () => {
    expect(await exported(operator)).toEqual(await tenantLog(false));
  });

  test('gets the keys too when it asks for them, and no other tenant’s', async () => {
    const events = await exported(operator, '&keys=true');
    expect(events).toEqual(await tenantLog(true));
    expect(events.some(({ type }) => type === 'key.issued')).toBe(true);
  });

  test('gets events of types that this version does not know', async () => {
    const event = {
      id: 'dream-1',
      type: 'memory.dreamt',
      recordedAt: '2026-01-31T12:00:00.000Z',
      data: { of: ['sheep'] },
      metadata: { correlationId: 'c', actor: 'ann', tenant: 'acme', schema: 7 },
    };
    await server.log.append([{ stream: 'memory-acme+dream', expected: 'none', events: [event] }]);
    expect((await exported(operator)).at(-1)).toMatchObject(event);
  });
});

test('an agent gets what `events` shows it, with what it may not read left out', async () => {
  const { data } = await server.ask('bob', '{ events(first: 100) { nodes { id data position } } }');
  const events = await exported('bob');
  expect(events.map(({ id, data, position }) => ({ id, data, position }))).toEqual(data.events.nodes);
  const text = JSON.stringify(events);
  expect(text).toContain('for the team 🦉');
  expect(text).not.toContain('ann alone');
  expect(events[0]?.data).toMatchObject({ sources: [] });
});

test.each<[string, Who]>([
  ['the operator', operator],
  ['an agent', 'bob'],
])('%s resumes behind any line and gets exactly the rest', async (_name, who) => {
  const all = await exported(who);
  for (const [index, { position }] of all.entries())
    if (index % 7 === 0 || index === all.length - 1)
      expect(await exported(who, `&after=${position}`)).toEqual(all.slice(index + 1));
});

test.each<[string, Who, string]>([
  ['the administrator', administrator, ''],
  ['an agent that wants keys', 'bob', '&keys=true'],
])('%s is refused', async (_name, who, more) => {
  const response = await server.request(who, `/export?format=events${more}`);
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
});

test('the log is read on only as what was read is taken', async () => {
  let pages = 0;
  const read: EventLog['read'] = (options) => {
    pages += 1;
    return server.log.read(options);
  };
  const event = (n: number) => ({ ...anEvent({ type: 'memory.dreamt', data: {} }), id: `paged-${n}` });
  for (let n = 0; n < 1_000; n += 100)
    await server.log.append([
      {
        stream: `memory-acme+paged${n}`,
        expected: 'none',
        events: Array.from({ length: 100 }, (_, m) => event(n + m)),
      },
    ]);
  const lines = tenantEventLines({ ...server.log, read }, 'acme', { after: null, keys: false });
  await lines.next();
  expect(pages).toBe(1);
  await lines.next();
  expect(pages).toBe(2);
  await lines.return(undefined);
  expect(pages).toBe(2);
});
