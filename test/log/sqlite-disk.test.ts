import { readdir, readFile, stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '../../src/log/event-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { appended, event, readAll, stream, write } from '../conformance/event-log/fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

describe('the SQLite log and its disk', { timeout: 30_000 }, () => {
  let folder: TemporaryFolder;
  let file: string;
  const logs: EventLog[] = [];
  const open = async (maxPages?: number) => {
    const log = await openSqliteLog({ file, ...(maxPages === undefined ? {} : { maxPages }) });
    logs.push(log);
    return log;
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = folder.file('events.db');
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await folder.remove();
  });

  const full = { code: 'UNAVAILABLE', message: 'the event log cannot be written: the disk is full' };

  test('a full disk: the append fails, nothing is half-written, reads go on, and appends too once there is room', async () => {
    const log = await open(64);
    const pair = (index: number) => [
      write(stream(`a${index}`), 'none', event({ index, text: 'x'.repeat(9000) })),
      write(stream(`b${index}`), 'none', event({ index, text: 'y'.repeat(9000) })),
    ];
    let written = 0;
    const fill = async () => {
      for (;;) {
        await appended(log, ...pair(written));
        written += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject(full);
    expect(written).toBeGreaterThan(3);
    expect(await readAll(log)).toHaveLength(written * 2);
    const head = await log.head();

    const together = await Promise.allSettled([log.append(pair(1000)), log.append(pair(1001))]);
    expect(together.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
      expect.objectContaining(full),
      expect.objectContaining(full),
    ]);
    expect(await log.head()).toBe(head);
    expect(await log.readStream(stream('a1000'))).toEqual([]);

    for (const name of ['a0', 'b0', 'a1', 'b1']) await log.deleteStream(stream(name));
    const result = await appended(log, ...pair(2000));
    expect(result.position > head).toBe(true);
    await log.close();
    const again = await open();
    expect(await readAll(again)).toHaveLength(written * 2 - 2);
    await appended(again, ...pair(3000));
  });

  test('an append with too many waiting before it is refused, and those before it are written', async () => {
    const log = await open();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4100 }, () => log.append([write(stream('a'), 'any')])),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE', message: /try again$/ } });
    expect(await log.readStream(stream('a'))).toHaveLength(4096);
    await appended(log, write(stream('a'), 4095));
  });

  test('a deleted stream leaves no text behind in any of the files', async () => {
    const log = await open();
    const text = (index: number) => `secret-${index}-of-the-stream `;
    for (let index = 0; index < 120; index += 1) {
      const long = text(index).repeat([1, 20, 200, 900][index % 4] ?? 1);
      await appended(log, write(stream(`s${index}`), 'none', event({ long })));
    }
    const deleted = Array.from({ length: 120 }, (_, index) => index).filter((index) => index % 3 !== 0);
    for (const index of deleted) await log.deleteStream(stream(`s${index}`));
    const names = await readdir(folder.path);
    const files = await Promise.all(names.map((name) => readFile(folder.file(name), 'latin1')));
    const found = (index: number) => files.some((content) => content.includes(text(index)));
    expect(deleted.filter(found)).toEqual([]);
    expect(found(0)).toBe(true);
  });

  test('its files can be read by their owner alone', async () => {
    const log = await open();
    await appended(log, write(stream('a'), 'none'));
    const names = await readdir(folder.path);
    expect(names.toSorted()).toEqual(['events.db', 'events.db-shm', 'events.db-wal']);
    for (const name of names) expect((await stat(folder.file(name))).mode & 0o777).toBe(0o600);
  });

  test('tells its size with all its files', async () => {
    const log = await open();
    const empty = await log.size();
    await appended(log, write(stream('a'), 'none', event({ text: 'x'.repeat(100_000) })));
    expect(await log.size()).toBeGreaterThan(Number(empty) + 100_000);
    await log.close();
    expect(await log.size()).toBe((await stat(file)).size);
  });

  test('while another process writes, an append waits or says that it can be tried again', async () => {
    const log = await open();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(log.append([write(stream('a'), 'none')])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the event log is held by another process; try again',
    });
    other.exec('ROLLBACK');
    other.close();
    await appended(log, write(stream('a'), 'none'));
  });
});
