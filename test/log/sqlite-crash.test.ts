import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { readAll } from '../conformance/event-log/fixture.ts';
import { patience } from '../conformance/event-log/followers.ts';
import type { Acknowledgement } from '../support/append-forever.ts';
import { startChild } from '../support/child.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const appender = new URL('../support/append-forever.ts', import.meta.url);

/** Kills a process that appends once it has told of `after` acknowledgements; gives all that it told. */
async function killedUnderLoad(file: string, after: number): Promise<Acknowledgement[]> {
  const child = startChild(appender, file);
  const lines: string[] = [];
  while (lines.length < after) {
    const line = await child.line();
    if (line === null) throw new Error('the process ended by itself');
    lines.push(line);
  }
  await child.kill('SIGKILL');
  lines.push(...(await child.rest()));
  // The last line may be torn; then nobody was told.
  return lines.filter((line) => line.endsWith('.')).map((line) => JSON.parse(line.slice(0, -1)));
}

function expectWhole(events: RecordedEvent[]): void {
  const revisions = Map.groupBy(events, ({ stream }) => stream);
  for (const inStream of revisions.values())
    expect(inStream.map(({ revision }) => revision)).toEqual(inStream.map((_, index) => index));
  for (const batch of Map.groupBy(events, ({ data }) => data.batch).values())
    expect(batch).toHaveLength(Number(batch[0]?.data.of));
}

describe('the SQLite log and kill -9', () => {
  let folder: TemporaryFolder;
  let log: EventLog | undefined;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await log?.close();
    await folder.remove();
  });

  test('killed 20 times under load, it keeps every acknowledged event and no half of an append', async () => {
    const file = folder.file('events.db');
    const acknowledged: Acknowledgement[] = [];
    for (let round = 0; round < 20; round += 1) {
      acknowledged.push(...(await killedUnderLoad(file, 1 + round * 8)));
      log = await openSqliteLog({ file });
      const events = await readAll(log);
      await log.close();
      expectWhole(events);
      const byPlace = new Map(events.map((event) => [`${event.stream} ${event.revision}`, event]));
      for (const { batch, position, streams, revisions } of acknowledged) {
        const own = streams.map((stream, index) => byPlace.get(`${stream} ${revisions[index]}`));
        expect(own.map((event) => event?.data.batch)).toEqual(streams.map(() => batch));
        expect(own.at(-1)?.position).toBe(position);
      }
    }
    expect(acknowledged.length).toBeGreaterThan(1500);
  }, 120_000);

  test("another process's appends wake this one's subscribers, who see them all", async () => {
    const file = folder.file('events.db');
    const following = await openSqliteLog({ file });
    log = following;
    let after = following.start;
    const seen: RecordedEvent[] = [];
    const stop = following.onAppend(() => {
      void following.read({ after, limit: 10_000 }).then((page) => {
        seen.push(...page.events.filter(({ position }) => position > after));
        after = page.position;
      });
    });
    const child = startChild(appender, file, '300');
    const lines = await child.rest();
    expect(await child.ended).toBe(0);
    expect(lines).toHaveLength(300);
    const all = await readAll(following);
    await expect.poll(() => seen, patience).toEqual(all);
    stop();
  }, 30_000);
});
