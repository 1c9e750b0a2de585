import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { startTestApp } from '../support/app.ts';

const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }';

test('on a full disk a write is UNAVAILABLE and leaves nothing, reads go on, and with space again so do writes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annals-full-disk-'));
  const file = join(folder, 'log.db');
  const content = 'x'.repeat(20_000);
  const write = (server: Awaited<ReturnType<typeof startTestApp>>) =>
    server.ask('writer', RECORD, { input: { content, scope: 'GLOBAL' } });
  const acknowledged: string[] = [];

  const full = await startTestApp({ folder, log: await openSqliteLog({ file, maxPages: 100 }) });
  try {
    let answer = await write(full);
    while (answer.errors === undefined) {
      acknowledged.push(answer.data.recordMemory.memory.id);
      answer = await write(full);
    }
    expect(answer.errors[0]).toMatchObject({
      message: 'the event log cannot be written: the disk is full',
      extensions: { code: 'UNAVAILABLE' },
    });
    expect(acknowledged.length).toBeGreaterThan(5);
    await full.settled();
    const { data } = await full.ask('reader', '{ memories { totalCount } }');
    expect(data.memories.totalCount).toBe(acknowledged.length);
  } finally {
    await full.close();
  }

  const roomy = await startTestApp({ folder, log: await openSqliteLog({ file }) });
  try {
    expect((await write(roomy)).errors).toBeUndefined();
    await roomy.settled();
    const { data } = await roomy.ask('reader', '{ memories { totalCount } }');
    expect(data.memories.totalCount).toBe(acknowledged.length + 1);
  } finally {
    await roomy.close();
    await rm(folder, { recursive: true });
  }
});
