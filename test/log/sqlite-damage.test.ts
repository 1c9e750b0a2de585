import { copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { categories } from '../../src/domain/streams.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { appended, event, readAll, stream, write } from '../conformance/event-log/fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const PAGE = 4096;
const refusal = {
  code: 'UNAVAILABLE',
  message: expect.stringMatching(/^the event log is damaged .*restore it from a backup$/),
};

/** Appends of two events each, in three categories. */
async function fill(log: EventLog, appends: number): Promise<void> {
  for (let index = 0; index < appends; index += 1)
    await appended(
      log,
      write(stream(`m${index % 40}`), 'any', event({ index, text: `text ${index} `.repeat(index % 60) })),
      write(stream(`t${index}`, index % 2 === 0 ? 'acme' : 'globex', index % 3 === 0 ? 'team' : 'text'), 'none'),
    );
}

/** All that the log's reads give. */
async function everything(log: EventLog): Promise<RecordedEvent[][]> {
  const whole = await readAll(log);
  const byCategory = await Promise.all(categories.map((category) => readAll(log, { categories: [category] })));
  const byTenant = await Promise.all(['acme', 'globex'].map((tenant) => readAll(log, { tenant })));
  const byStream = await Promise.all(
    [...new Set(whole.map(({ stream: name }) => name))].map((name) => log.readStream(name)),
  );
  return [whole, ...byCategory, ...byTenant, ...byStream];
}

describe('the SQLite log and a disk that changes what it keeps', { timeout: 60_000 }, () => {
  let folder: TemporaryFolder;
  let file: string;
  const logs: EventLog[] = [];
  const open = async (path = file) => {
    const log = await openSqliteLog({ file: path });
    logs.push(log);
    return log;
  };
  const closeAll = () => Promise.all(logs.splice(0).map((log) => log.close()));

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = folder.file('events.db');
  });
  afterEach(async () => {
    await closeAll();
    await folder.remove();
  });

  test('a page with changed bytes, wherever they are, is refused or was of no account: nothing else is ever served', async () => {
    await fill(await open(), 120);
    const intact = await everything(await open());
    await closeAll();
    const bytes = await readFile(file);
    const outcomes = { refused: 0, unharmed: 0 };
    for (let at = 0; at < bytes.length; at += PAGE) {
      for (const offset of [0, 96, PAGE / 2, PAGE - 300, PAGE - 48]) {
        const changed = Buffer.from(bytes);
        for (let index = at + offset; index < at + offset + 48; index += 1)
          changed[index] = (changed[index] ?? 0) ^ 0x2a;
        await writeFile(file, changed);
        try {
          expect(await everything(await open())).toEqual(intact);
          outcomes.unharmed += 1;
        } catch (error) {
          if (at > 0) expect(error).toMatchObject(refusal);
          else expect(error).toMatchObject({ code: 'UNAVAILABLE' });
          outcomes.refused += 1;
        }
        await closeAll();
      }
    }
    expect(outcomes.refused).toBeGreaterThan(outcomes.unharmed);
  });

  test.for([
    ["stream = 'memory-acme+elsewhere'"],
    ['revision = 7'],
    ["id = 'other'"],
    ["type = 'memory.forgotten'"],
    ["category = 'text'"],
    ["tenant = 'globex'"],
    ["recorded_at = '2020-01-01T00:00:00.000Z'"],
    ["data = replace(data, 'text', 'lies')"],
    ["metadata = replace(metadata, 'writer', 'someone')"],
    ['crc = crc + 1'],
  ])('a row whose %s is not as written is refused with its position; what is before it is served', async ([change]) => {
    await fill(await open(), 20);
    await closeAll();
    const db = new DatabaseSync(file);
    db.exec(`UPDATE events SET ${change} WHERE position = 11`);
    db.close();
    const log = await open();
    await expect(readAll(log)).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('at position 0000000000000011.'),
    });
    const before = (await log.head()).replace(/^\d+/, '10'.padStart(16, '0'));
    expect(await readAll(log, { until: before })).toHaveLength(10);
  });

  test('a row that is gone from the middle of its stream is missed', async () => {
    const log = await open();
    for (let index = 0; index < 5; index += 1) await appended(log, write(stream('a'), 'any'));
    const db = new DatabaseSync(file);
    db.exec('DELETE FROM events WHERE position = 3');
    db.close();
    await expect(log.readStream(stream('a'))).rejects.toMatchObject(refusal);
    expect(await log.readStream(stream('a'), { from: 3 })).toHaveLength(2);
  });

  test('a file that lost its end is refused', async () => {
    await fill(await open(), 120);
    await closeAll();
    await truncate(file, Math.floor((await stat(file)).size / PAGE / 2) * PAGE);
    await expect(open()).rejects.toMatchObject(refusal);
  });

  test('a torn write-ahead log gives the whole appends before the tear, and goes on from there', async () => {
    const log = await open();
    await fill(log, 40);
    const whole = await readAll(log);
    const wal = await readFile(`${file}-wal`);
    for (const kept of [0.999, 0.8, 0.5, 0.2]) {
      for (const tear of ['cut', 'scrambled'] as const) {
        const copy = folder.file(`${tear}-${kept}.db`);
        const end = Math.floor(wal.length * kept);
        await copyFile(file, copy);
        await writeFile(`${copy}-wal`, tear === 'cut' ? wal.subarray(0, end) : Buffer.from(wal).fill(0x5a, end));
        const torn = await open(copy);
        const events = await readAll(torn);
        expect(events).toEqual(whole.slice(0, events.length));
        expect(events.length % 2).toBe(0);
        expect(events.length).toBeLessThan(whole.length);
        const result = await appended(torn, write(stream('after'), 'none'));
        expect((await readAll(torn)).at(-1)).toMatchObject({ stream: stream('after'), position: result.position });
      }
    }
  });

  test('a format from the future is refused by its number and left as it is', async () => {
    await fill(await open(), 3);
    await closeAll();
    const db = new DatabaseSync(file);
    db.exec("UPDATE meta SET value = '2' WHERE key = 'format'");
    db.close();
    const before = await readFile(file);
    await expect(open()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the event log has format 2, made by a later Annals; this one reads 1',
    });
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  test("a changed log id is refused: positions would be taken for another log's", async () => {
    await fill(await open(), 3);
    await closeAll();
    const db = new DatabaseSync(file);
    db.exec("UPDATE meta SET value = 'abcdef' WHERE key = 'log'");
    db.close();
    await expect(open()).rejects.toMatchObject(refusal);
  });

  test('a file that is no event log is refused and left as it is', async () => {
    await writeFile(file, 'a letter, and not a database '.repeat(200));
    const letter = await readFile(file);
    await expect(open()).rejects.toMatchObject(refusal);
    expect((await readFile(file)).equals(letter)).toBe(true);

    const other = folder.file('other.db');
    const db = new DatabaseSync(other);
    db.exec('CREATE TABLE letters (text TEXT)');
    db.close();
    await expect(open(other)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /not an event log/ });
  });
});
