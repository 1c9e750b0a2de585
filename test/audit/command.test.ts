// Auditing over the API, and offline with the command, on a folder that a server has filled.
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROJECTIONS } from '../../projections/version.ts';
import { streamName } from '../../src/domain/streams.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { administrator, operator, startTestApp, type TestApp } from '../support/app.ts';
import { anEvent } from '../support/fixtures.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let server: TestApp;

beforeEach(async () => {
  folder = await temporaryFolder();
  const embedder = createHashEmbedder();
  const logger = createLogger('silent', process.stdout);
  server = await startTestApp({
    folder: folder.path,
    embedder,
    log: await openSqliteLog({ file: join(folder.path, 'events.db') }),
    views: await openEmbeddedViews({
      viewsFile: join(folder.path, 'views.db'),
      vectorsFile: join(folder.path, 'vectors.db'),
      signature: { projections: PROJECTIONS, model: embedder.model, dimensions: embedder.dimensions },
      logger,
    }),
  });
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

const RECORD = 'mutation ($content: String!) { recordMemory(input: { content: $content }) { memory { id } } }';
const VERIFY = '{ verify { position events replayed served matches firstDifference took } }';

async function record(content: string): Promise<string> {
  const { data } = await server.ask('analyst', RECORD, { content });
  return data.recordMemory.memory.id;
}

type Ran = { code: number; out: string; error: string };

const audit = (...given: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const script = new URL('../../scripts/audit.ts', import.meta.url).pathname;
    execFile(process.execPath, [script, '--data', folder.path, ...given], (error, out, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out, error: stderr }),
    );
  });

/** Behind everybody's back. */
function forge(id: string): void {
  const db = new DatabaseSync(join(folder.path, 'views.db'));
  db.prepare(`UPDATE memory SET document = json_set(document, '$.content', 'never said') WHERE id = ?`).run(id);
  db.close();
}

test('the operator and the administrator verify; what was edited behind the back of the views is found and named', async () => {
  const ids = [await record('one note'), await record('another')];
  const { data } = await server.ask(operator, VERIFY);
  expect(data.verify).toMatchObject({ matches: true, events: 2, firstDifference: null });
  expect(data.verify.position).toBe(await server.log.head());
  expect(data.verify.replayed).toBe(data.verify.served);
  expect(data.verify.took).toBeGreaterThan(0);
  forge(ids[1] ?? '');
  for (const who of [operator, administrator] as const) {
    const { verify } = (await server.ask(who, VERIFY)).data;
    expect(verify).toMatchObject({ matches: false, firstDifference: { tenant: 'acme', kind: 'memory', id: ids[1] } });
    expect(verify.firstDifference).toMatchObject({ problem: 'different', field: 'content' });
    expect(verify.firstDifference.event.type).toBe('memory.recorded');
    expect(verify.replayed).toBe(data.verify.replayed);
    expect(verify.served).not.toBe(data.verify.served);
    expect(JSON.stringify(verify)).not.toMatch(/never said|another/);
  }
});

test('an agent may not verify', async () => {
  const { errors } = await server.ask('analyst', VERIFY);
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('the command says the same, while a server runs and after', { timeout: 60_000 }, async () => {
  const id = await record('one note');
  await server.settled();
  const { verify } = (await server.ask(operator, VERIFY)).data;
  const running = await audit('--json');
  expect(running).toMatchObject({ code: 0, error: '' });
  expect(JSON.parse(running.out)).toMatchObject({ matches: true, behind: 0, replayed: verify.replayed });
  await server.close();
  const stopped = await audit('--tenant', 'acme');
  expect(stopped).toMatchObject({ code: 0, error: '' });
  expect(stopped.out).toMatch(/The views are what the log makes\..*1 events replayed, 1 documents compared/s);
  forge(id);
  const forged = await audit();
  expect(forged).toMatchObject({ code: 1, error: '' });
  expect(forged.out).toMatch(
    new RegExp(`the memory ${id} differs.*in the field content.*last touched by memory.recorded at`, 's'),
  );
  expect(forged.out).not.toContain('never said');
});

test('an event that cannot be read is named, by the server and by the command', { timeout: 60_000 }, async () => {
  const id = await record('one note');
  const wrong = anEvent({ type: 'memory.revised', data: { content: 7 } });
  await server.log.append([{ stream: streamName('memory', 'acme', id), expected: 'any', events: [wrong] }]);
  const { verify } = (await server.ask(operator, VERIFY)).data;
  const event = { type: 'memory.revised', position: await server.log.head() };
  expect(verify).toMatchObject({ matches: false, firstDifference: { id, problem: 'unreadable', event } });
  await server.close();
  const audited = await audit();
  expect(audited).toMatchObject({ code: 1, error: '' });
  expect(audited.out).toMatch(
    new RegExp(`the memory ${id} has an event that cannot be read.*it is memory.revised at ${event.position}`, 's'),
  );
});

test('what cannot be audited is told in one sentence, with an exit code of its own', { timeout: 60_000 }, async () => {
  await record('one note');
  await server.close();
  expect(await audit('--tenant', 'nobody')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/^there is no tenant nobody in [^\n]*\n$/),
  });
  await rename(join(folder.path, 'views.db'), join(folder.path, 'away.db'));
  expect(await audit()).toMatchObject({ code: 2, error: 'there are no views that can be read\n' });
  await rename(join(folder.path, 'events.db'), join(folder.path, 'gone.db'));
  expect(await audit()).toMatchObject({ code: 2, error: expect.stringMatching(/^there is no event log in [^\n]*\n$/) });
});
