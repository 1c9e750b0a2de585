// Memories of every format into a real server's API and into a data folder's log: what becomes of each field, twice is
// once, and bad ones are named before anything is written.
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importMemories, type MemoryFormat, type MemoryOptions } from '../../src/importing/import-memories.ts';
import type { MemoryTarget } from '../../src/importing/memory-target.ts';
import { openInProcess } from '../../src/importing/memory-target-in-process.ts';
import { openOverHttp } from '../../src/importing/memory-target-over-http.ts';
import type { Summary } from '../../src/importing/progress.ts';
import { openSource } from '../../src/importing/source.ts';
import { type Listening, serve } from '../../src/server/serve.ts';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let server: TestApp;
beforeEach(async () => {
  folder = await temporaryFolder();
  server = await startTestApp();
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

const into =
  (target: MemoryTarget) =>
  async (text: string, given: Partial<MemoryOptions> = {}): Promise<Summary> => {
    const file = folder.file('memories');
    await writeFile(file, text);
    const source = await openSource(file, null);
    expect(source.format).not.toBe('events');
    const options = { skipBad: false, dryRun: false, agent: null, votes: true, onProgress: () => undefined, ...given };
    return importMemories(source, source.format as MemoryFormat, target, options);
  };
const load = async (text: string, given: Partial<MemoryOptions> = {}) => {
  const target = await openInProcess(server.log, 'acme');
  const summary = await into(target)(text, given);
  target.close();
  return summary;
};
const jsonLines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

type Line = { content: string; metadata: object; effectiveness: { helpful: number; harmful: number } } & Record<
  string,
  unknown
>;
const exported = async (from = server): Promise<Line[]> => {
  await from.settled();
  const text = await (await from.request(operator, '/export?format=memories')).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
};
const byContent = (lines: Line[]) => lines.sort((a, b) => (a.content < b.content ? -1 : 1));

const aegis = {
  id: 'a1',
  content: 'strip the BOM 🦉',
  user_id: 'u7',
  agent_id: 'data processor',
  namespace: 'etl',
  scope: 'global',
  metadata: { tags: ['csv'] },
  memory_type: 'reflection',
  created_at: '2025-06-01T10:00:00.123456+02:00',
  updated_at: null,
  bullet_helpful: 3,
  bullet_harmful: 1,
};

describe('Aegis Memory', () => {
  test('JSON lines: scopes, types, votes, times and names become those of Annals', async () => {
    const summary = await load(
      jsonLines([
        aegis,
        { ...aegis, id: 'a2', content: 'private', scope: 'agent-private', memory_type: 'feature', agent_id: null },
        {
          ...aegis,
          id: 'a3',
          content: 'team',
          scope: 'agent-shared',
          agent_id: 'ann',
          created_at: '2025-06-01T10:00:00',
          bullet_helpful: 0,
        },
        { ...aegis, id: 'a4', content: 'with its vector', embedding: [0.1, 0.2], user_id: null },
      ]),
    );
    expect(summary).toMatchObject({ format: 'aegis', items: 4, imported: 4, there: 0, bad: 0, written: true });
    const [secret, bom, team, vector] = byContent(await exported());
    expect(bom).toMatchObject({
      agent: expect.stringMatching(/^data_processor-[0-9a-f]{8}$/),
      type: 'REFLECTION',
      namespace: 'etl',
      scope: 'GLOBAL',
      user: 'u7',
      occurredAt: '2025-06-01T08:00:00.123Z',
      metadata: { tags: ['csv'], importedFrom: 'aegis:a1' },
      effectiveness: { helpful: 3, harmful: 1 },
    });
    expect(secret).toMatchObject({
      agent: 'imported',
      scope: 'AGENT_PRIVATE',
      type: 'STANDARD',
      metadata: { aegisType: 'feature' },
      effectiveness: { helpful: 0 },
    });
    expect(team).toMatchObject({ agent: 'ann', scope: 'AGENT_SHARED', occurredAt: '2025-06-01T10:00:00.000Z' });
    expect(vector).toMatchObject({ user: null });
  });

  test('its JSON form', async () => {
    const text = JSON.stringify({ memories: [aegis], stats: { namespaces: ['etl'] } }, null, 2);
    expect(await load(text)).toMatchObject({ format: 'aegis', imported: 1 });
  });
});

describe('Mem0', () => {
  const memory = {
    id: '8f2e',
    memory: 'Alex likes tennis',
    hash: 'abc',
    metadata: { category: 'sport' },
    created_at: '2024-07-26T08:30:00-07:00',
    updated_at: null,
    user_id: 'alex',
  };

  test.each([
    ['get_all', JSON.stringify({ results: [memory] })],
    ['get_all, indented', JSON.stringify({ results: [memory] }, null, 4)],
    ['a list', JSON.stringify([memory])],
    [
      'a page of the platform',
      JSON.stringify({ count: 1, next: null, previous: null, results: [{ ...memory, owner: 'o' }] }),
    ],
    [
      'getAll',
      JSON.stringify({
        results: [
          {
            id: '8f2e',
            memory: memory.memory,
            metadata: memory.metadata,
            createdAt: memory.created_at,
            userId: 'alex',
          },
        ],
      }),
    ],
  ])('%s', async (_name, text) => {
    expect(await load(text)).toMatchObject({ format: 'mem0', imported: 1 });
    expect(await exported()).toMatchObject([
      {
        content: 'Alex likes tennis',
        agent: 'imported',
        scope: 'GLOBAL',
        user: 'alex',
        occurredAt: '2024-07-26T15:30:00.000Z',
        metadata: { category: 'sport', importedFrom: 'mem0:8f2e' },
      },
    ]);
  });

  test('what an agent has is its own; runs are sessions, apps are namespaces', async () => {
    await load(
      JSON.stringify([{ ...memory, agent_id: 'coach', run_id: 'r1', app_id: 'my app', categories: ['sports'] }]),
    );
    expect(await exported()).toMatchObject([
      {
        agent: 'coach',
        scope: 'AGENT_PRIVATE',
        session: 'r1',
        namespace: expect.stringMatching(/^my_app-/),
        metadata: { categories: ['sports'] },
      },
    ]);
  });
});

describe('Annals', () => {
  const ask = async (query: string, variables: object = {}) => {
    const { data, errors } = await server.ask('ann', query, variables);
    expect(errors).toBeUndefined();
    return data;
  };

  test('an export, imported elsewhere, exports the same but for ids, versions and times of recording', async () => {
    const { recordMemory } = await ask(
      `mutation { recordMemory(input: { content: "first", scope: GLOBAL, user: "u", session: "s", metadata: { a: [1] },
         occurredAt: "2025-01-01T00:00:00.000Z", sources: [{ message: "m1", quote: "q" }] }) { memory { id } } }`,
    );
    await server.ask('bob', 'mutation ($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }', {
      id: recordMemory.memory.id,
    });
    await ask(
      'mutation { recordMemory(input: { content: "shared", scope: AGENT_SHARED, sharedWith: { agents: ["bob"] } }) { position } }',
    );
    await ask(
      'mutation { recordReflection(input: { content: "lesson", correctApproach: "do", applicableContexts: ["x"] }) { position } }',
    );
    await ask('mutation ($id: ID!) { deprecateMemory(input: { id: $id, reason: "old" }) { position } }', {
      id: recordMemory.memory.id,
    });
    const lines = await exported();

    const other = await startTestApp();
    const target = await openInProcess(other.log, 'acme');
    try {
      expect(await into(target)(jsonLines(lines))).toMatchObject({ format: 'memories', imported: 3, bad: 0 });
      const kept = (line: Line) => {
        const { id, position, version, createdAt, updatedAt, occurredAt, metadata, deprecation, ...rest } = line;
        return { ...rest, reason: (deprecation as { reason: string } | null)?.reason ?? null };
      };
      const there = byContent(await exported(other));
      expect(there.map(kept)).toEqual(byContent(lines).map(kept));
      expect(there[0]).toMatchObject({
        metadata: { a: [1], importedFrom: `annals:${recordMemory.memory.id}` },
        occurredAt: '2025-01-01T00:00:00.000Z',
      });
    } finally {
      target.close();
      await other.close();
    }
  });

  test('what expires keeps its end, and what has expired is passed over', async () => {
    await ask('mutation { recordMemory(input: { content: "soon gone", ttl: 3600 }) { position } }');
    const [line] = await exported();
    const ended = { ...line, id: 'x', content: 'gone', expiresAt: '2020-01-01T00:00:00.000Z' };
    const other = await startTestApp();
    const target = await openInProcess(other.log, 'acme');
    try {
      const text = jsonLines([line ?? {}, ended]);
      expect(await into(target)(text)).toMatchObject({ imported: 1, expired: 1 });
      expect(await into(target)(text)).toMatchObject({ imported: 0, there: 1, expired: 1 });
      const [there, ...more] = await exported(other);
      expect(more).toEqual([]);
      expect(Math.abs(Date.parse(String(there?.expiresAt)) - Date.parse(String(line?.expiresAt)))).toBeLessThan(2_000);
    } finally {
      target.close();
      await other.close();
    }
  });
});

describe('whatever the format', () => {
  const many = Array.from({ length: 250 }, (_, n) => ({
    ...aegis,
    id: `m${n}`,
    content: `note ${n}`,
    agent_id: `agent-${n % 3}`,
    bullet_helpful: n % 2,
    bullet_harmful: 0,
  }));

  test('the same file again adds nothing', async () => {
    expect(await load(jsonLines(many))).toMatchObject({ imported: 250, there: 0 });
    const once = await exported();
    const head = await server.log.head();
    expect(await load(jsonLines(many))).toMatchObject({ imported: 0, there: 250 });
    expect(await server.log.head()).toBe(head);
    expect(await exported()).toEqual(once);
  });

  test('again, after some were forgotten or changed here: they stay so', async () => {
    await load(jsonLines([aegis]));
    const [line] = await exported();
    await server.ask(operator, 'mutation ($id: ID!) { forgetMemory(id: $id) { position } }', { id: line?.id });
    expect(await load(jsonLines([{ ...aegis, bullet_helpful: 9 }]))).toMatchObject({ imported: 0, there: 1 });
    expect(await exported()).toEqual([]);
  });

  test('one agent may be made the owner of all', async () => {
    await load(jsonLines(many.slice(0, 5)), { agent: 'librarian' });
    expect(new Set((await exported()).map(({ agent }) => agent))).toEqual(new Set(['librarian']));
  });

  test.each([
    ['a field of a wrong type', { ...aegis, content: 7 }, 'content: expected string, received number'],
    ['no content', { ...aegis, content: '' }, 'content must not be empty'],
    ['too much content', { ...aegis, content: 'x'.repeat(100_001) }, 'content has more than 100000 characters'],
    [
      'metadata too deep',
      { ...aegis, metadata: { a: { b: { c: { d: { e: { f: 1 } } } } } } },
      'metadata is more than 5 levels deep',
    ],
    ['no time', { ...aegis, created_at: 'long ago' }, 'created_at: expected a time'],
    ['half a surrogate pair', { ...aegis, content: '\ud83e' }, 'content has a NUL or half of a surrogate pair'],
  ])('%s is named by its line, and nothing is written unless told to skip it', async (_name, bad, problem) => {
    const head = await server.log.head();
    const text = jsonLines([many[0] ?? {}, bad, many[1] ?? {}]);
    expect(await load(text)).toMatchObject({ bad: 1, written: false, problems: [{ line: 2, problem }] });
    expect(await server.log.head()).toBe(head);
    expect(await load(text, { skipBad: true })).toMatchObject({ imported: 2, bad: 1, written: true });
  });

  test('a dry run writes nothing', async () => {
    const head = await server.log.head();
    expect(await load(jsonLines(many), { dryRun: true })).toMatchObject({ imported: 250, written: false });
    expect(await server.log.head()).toBe(head);
  });

  test.each([
    ['nothing known', '{"a": 1}\n'],
    ['no JSON', 'hello\n'],
    ['an empty file', ''],
  ])('%s: the format cannot be told', async (_name, text) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'format' } });
  });
});

describe('through a server', () => {
  let listening: Listening;
  beforeEach(async () => {
    listening = await serve(server.app, '127.0.0.1', 0);
    return () => listening.close(1_000);
  });

  test('the same memories, votes and deprecations; again, and nothing is added', async () => {
    const target = openOverHttp({ url: listening.url, key: server.tenantKey });
    const text = jsonLines([aegis, { ...aegis, id: 'a2', content: 'old', is_deprecated: true }]);
    expect(await into(target)(text)).toMatchObject({ imported: 2, written: true });
    const head = await server.log.head();
    await into(target)(text);
    expect(await server.log.head()).toBe(head);
    expect(byContent(await exported())).toMatchObject([
      { content: 'old', deprecation: { reason: null } },
      { content: aegis.content, deprecation: null, effectiveness: { helpful: 3, harmful: 1 } },
    ]);
  });

  test('a wrong key, and an agent’s key for another agent’s memories, are told', async () => {
    const wrong = openOverHttp({ url: listening.url, key: 'annals_wrong' });
    await expect(into(wrong)(jsonLines([aegis]))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { secret } = await server.issueKey({ role: 'AGENT', agent: 'ann' });
    const agents = openOverHttp({ url: listening.url, key: secret });
    await expect(into(agents)(jsonLines([aegis]))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await into(agents)(jsonLines([aegis]), { agent: 'ann', votes: false })).toMatchObject({ imported: 1 });
  });

  test('a server that is not there is told', async () => {
    const nobody = openOverHttp({ url: 'http://127.0.0.1:1', key: 'annals_any' });
    await expect(into(nobody)(jsonLines([aegis]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
