// The stand-in for EventStoreDB with its data on disk: what it acknowledged is there after any end.
import { appendFileSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEventStore } from '../support/eventstore/event-store.ts';
import { startEventStoreProcess } from '../support/eventstore/event-store-process.ts';
import { failureOf, NO_STREAM, named, speakTo } from '../support/eventstore/words.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

test('kill -9 amid appends of eight writers: all that was acknowledged is there, on the same port', async () => {
  const first = await startEventStoreProcess({ folder: folder.path });
  const server = speakTo(first.url);
  const acknowledged: string[] = [];
  const write = async (writer: number) => {
    for (let number = 0; ; number += 1) {
      const event = named(`${writer}`, { number });
      await server.append(`stream-${writer}`, number === 0 ? NO_STREAM : BigInt(number - 1), event);
      acknowledged.push(event.id);
    }
  };
  const writers = Array.from({ length: 8 }, (_, index) => write(index).catch(() => {}));
  await expect.poll(() => acknowledged.length).toBeGreaterThan(200);
  await first.kill('SIGKILL');
  await Promise.all(writers);

  const second = await startEventStoreProcess({ folder: folder.path, port: first.port });
  // The client takes a moment to find the server again.
  await expect.poll(() => failureOf(server.readAll('stream-'))).toBe('no failure');
  const found = new Set((await server.readAll('stream-')).map(({ id }) => id));
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  await server.dispose();
  await second.kill();
});

test('a deletion, a scavenge and the revisions outlive the process', async () => {
  const first = await startEventStore({ folder: folder.path });
  const server = speakTo(first.url);
  await server.append('a', NO_STREAM, named('one'), named('two'));
  await server.append('b', NO_STREAM, named('of b'));
  await server.client.deleteStream('a');
  await server.append('a', NO_STREAM, named('three'));
  first.scavenge();
  await server.append('b', 0n, named('of b'));
  const before = await server.readAll('');
  await server.dispose();
  await first.stop();

  const second = await startEventStore({ folder: folder.path });
  const again = speakTo(second.url);
  expect(await again.readAll('')).toEqual(before);
  expect((await again.readStream('a')).map(({ type, revision }) => [type, revision])).toEqual([['three', 2]]);
  const [last] = await again.readAll('', { backwards: true });
  const { position } = await again.append('a', 2n, named('four'));
  expect(position?.commit).toBeGreaterThan(last?.commit ?? 0n);
  await again.dispose();
  await second.stop();
});

test('an append that was torn was never acknowledged, and is cut off', async () => {
  const first = await startEventStore({ folder: folder.path });
  const server = speakTo(first.url);
  await server.append('a', NO_STREAM, named('one'));
  await server.dispose();
  await first.stop();
  const whole = readFileSync(folder.file('events.jsonl'), 'utf8');
  appendFileSync(folder.file('events.jsonl'), '[{"id":"0199","type":"tw');

  const second = await startEventStore({ folder: folder.path });
  expect(readFileSync(folder.file('events.jsonl'), 'utf8')).toBe(whole);
  const again = speakTo(second.url);
  await again.append('a', 0n, named('two'));
  expect((await again.readStream('a')).map(({ type }) => type)).toEqual(['one', 'two']);
  await again.dispose();
  await second.stop();
});
