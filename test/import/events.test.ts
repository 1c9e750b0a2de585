// Events out of one log and into another: nothing is lost, nothing comes twice, nothing is written over.
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, RecordedEvent } from '../../src/domain/event.ts';
import { importEvents } from '../../src/importing/import-events.ts';
import type { Summary } from '../../src/importing/progress.ts';
import { openSource } from '../../src/importing/source.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { tenantEventLines } from '../../src/server/export-events.ts';
import { aTenantsHistory } from '../support/arbitrary-history.ts';
import { collect } from '../support/collect.ts';
import { anEvent, aRecording, minute, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let file: string;
let log: EventLog;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = folder.file('events.jsonl');
  log = openMemoryLog();
});
afterEach(async () => {
  await log.close();
  await folder.remove();
});

type Given = { skipBad?: boolean; dryRun?: boolean; tenant?: string };
async function load(lines: string, into: EventLog, given: Given = {}): Promise<Summary> {
  await writeFile(file, lines);
  const { skipBad = false, dryRun = false, tenant = null } = given;
  const source = await openSource(file, 'events');
  return importEvents(source, { log: into, tenant }, { skipBad, dryRun, onProgress: () => undefined });
}
const exportOf = async (from: EventLog, keys = true): Promise<string> =>
  (await collect(tenantEventLines(from, TENANT, { after: null, keys }))).join('');

const recording = (n: number) => anEvent({ type: 'memory.recorded', data: aRecording({ content: `note ${n} 🦉` }) });
const stream = (n: number, category = 'memory') => `${category}-${TENANT}+${n}`;
const fill = async (into: EventLog, count: number) => {
  for (let n = 0; n < count; n++) await into.append([{ stream: stream(n), expected: 'none', events: [recording(n)] }]);
};
const without = ({ position: _, ...event }: RecordedEvent) => event;
const eventsIn = async (of: EventLog) => (await of.read({ after: null, limit: 10_000 })).events;
const linesOf = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

test('export and import are the identity on any history, in order, with ids, times, actors and revisions', async () => {
  await fc.assert(
    fc.asyncProperty(aTenantsHistory, fc.integer({ min: 0, max: 5 }), async (history, others) => {
      const from = openMemoryLog();
      const into = openMemoryLog();
      await fill(into, others);
      const there = await eventsIn(into);
      for (const { stream: name, event } of history)
        await from.append([{ stream: name, expected: 'any', events: [event] }]);
      const summary = await load(await exportOf(from), into);
      expect(summary).toMatchObject({ imported: history.length, there: 0, bad: 0, written: true });
      expect((await eventsIn(into)).slice(there.length).map(without)).toEqual((await eventsIn(from)).map(without));
      await Promise.all([from.close(), into.close()]);
    }),
    { numRuns: 50 },
  );
});

describe('again', () => {
  test('the same file changes nothing', async () => {
    const into = openMemoryLog();
    await fill(log, 5);
    const lines = await exportOf(log);
    await load(lines, into);
    const once = await eventsIn(into);
    expect(await load(lines, into)).toMatchObject({ items: 5, imported: 0, there: 5, written: true });
    expect(await eventsIn(into)).toEqual(once);
  });

  test('a file that goes on from the one before adds what is new', async () => {
    const into = openMemoryLog();
    await fill(log, 5);
    await load(await exportOf(log), into);
    await log.append([{ stream: stream(2), expected: 0, events: [anEvent({ type: 'memory.restored', data: {} })] }]);
    expect(await load(await exportOf(log), into)).toMatchObject({ imported: 1, there: 5 });
    expect((await into.readStream(stream(2))).map(({ type }) => type)).toEqual(['memory.recorded', 'memory.restored']);
  });

  test('a line that is in the file twice is written once', async () => {
    const into = openMemoryLog();
    await fill(log, 3);
    const lines = await exportOf(log);
    expect(await load(lines + lines, into)).toMatchObject({ items: 6, imported: 3, there: 3, bad: 0 });
    expect(await eventsIn(into)).toHaveLength(3);
  });
});

describe('conflicts', () => {
  test('a stream that went another way is named, and nothing is written', async () => {
    const into = openMemoryLog();
    await fill(log, 3);
    await into.append([{ stream: stream(1), expected: 'none', events: [recording(7)] }]);
    const summary = await load(await exportOf(log), into);
    expect(summary).toMatchObject({ bad: 1, written: false });
    expect(summary.problems).toEqual([{ line: 2, problem: `conflict: ${stream(1)} has another event at revision 0` }]);
    expect(await eventsIn(into)).toHaveLength(1);
  });

  test('a stream whose beginning is nowhere is named', async () => {
    await fill(log, 1);
    const [event] = await eventsIn(log);
    const { problems } = await load(linesOf([{ ...event, revision: 3 }]), openMemoryLog());
    expect(problems).toEqual([{ line: 1, problem: `does not continue ${stream(0)}: revision 3 after none` }]);
  });

  test('an id that another stream has is named', async () => {
    await fill(log, 1);
    const [event] = await eventsIn(log);
    const { problems } = await load(linesOf([event ?? {}, { ...event, stream: stream(9) }]), openMemoryLog());
    expect(problems).toEqual([{ line: 2, problem: `its id is that of an event of ${stream(0)}` }]);
  });
});

describe('bad lines', () => {
  const bad = (change: object): JsonObject => ({
    ...JSON.parse(JSON.stringify({ ...recording(1), stream: stream(1), revision: 0, position: 'p' })),
    ...change,
  });

  test.each([
    ['not JSON', '{"id":', 'is not JSON'],
    ['no event', '{}', 'id: expected string, received undefined'],
    ['a stream with no name', JSON.stringify(bad({ stream: 'what' })), 'stream: is not the name of a stream'],
    ['another tenant in its metadata', JSON.stringify(bad({ stream: 'memory-other+1' })), 'metadata.tenant: is not'],
    [
      'a tenant that is none',
      JSON.stringify(bad({ stream: 'key-$server+1', metadata: { ...recording(1).metadata, tenant: '$server' } })),
      'the tenant of the stream must be',
    ],
    ['a time that is none', JSON.stringify(bad({ recordedAt: 'yesterday' })), 'recordedAt must be a time'],
    ['data that is not its type’s', JSON.stringify(bad({ data: { content: 7 } })), 'is not a whole memory.recorded'],
    ['a megabyte', JSON.stringify(bad({ more: 'x'.repeat(2 ** 20) })), 'is longer than 1,048,576 bytes'],
  ])('%s: named by its number, and nothing is written', async (_name, line, problem) => {
    const into = openMemoryLog();
    await fill(log, 2);
    const lines = (await exportOf(log)).split('\n');
    const summary = await load([lines[0], line, lines[1]].join('\n'), into);
    expect(summary).toMatchObject({ items: 3, bad: 1, written: false });
    expect(summary.problems).toEqual([{ line: 2, problem: expect.stringContaining(problem) }]);
    expect(await eventsIn(into)).toEqual([]);
  });

  test('with skipBad the rest is imported, but nothing that follows a bad one in its stream', async () => {
    const into = openMemoryLog();
    await fill(log, 3);
    const lines = (await exportOf(log)).split('\n');
    await log.append([{ stream: stream(1), expected: 0, events: [anEvent({ type: 'memory.restored', data: {} })] }]);
    const follower = (await exportOf(log)).trimEnd().split('\n').at(-1);
    const summary = await load([lines[0], 'bad', lines[2], follower].join('\n'), into, { skipBad: true });
    expect(summary).toMatchObject({ imported: 2, bad: 2, written: true });
    expect(summary.problems.map(({ line }) => line)).toEqual([2, 4]);
    expect((await eventsIn(into)).map((event) => event.stream)).toEqual([stream(0), stream(2)]);
  });

  test('what they hold is not told', async () => {
    const { problems } = await load(linesOf([bad({ revision: 'the vault opens at nine' })]), openMemoryLog());
    expect(JSON.stringify(problems)).not.toContain('vault');
  });
});

test('a dry run says what would be, and writes nothing', async () => {
  const into = openMemoryLog();
  await fill(log, 4);
  expect(await load(await exportOf(log), into, { dryRun: true })).toMatchObject({ imported: 4, written: false });
  expect(await eventsIn(into)).toEqual([]);
});

test('what an event of a later version holds is kept as it is', async () => {
  const into = openMemoryLog();
  const event = {
    ...recording(1),
    type: 'memory.dreamt',
    metadata: { ...recording(1).metadata, schema: 9, mood: 'blue' },
  };
  await log.append([{ stream: stream(1), expected: 'none', events: [event] }]);
  await load(await exportOf(log), into);
  expect((await eventsIn(into)).map(without)).toEqual([{ ...event, stream: stream(1), revision: 0 }]);
});

test('events become another tenant’s when they are told to', async () => {
  const into = openMemoryLog();
  await fill(log, 1);
  await load(await exportOf(log), into, { tenant: 'other' });
  expect(await eventsIn(into)).toMatchObject([{ stream: 'memory-other+0', metadata: { tenant: 'other' } }]);
});

test('a tenant is not copied beside itself: nothing is written', async () => {
  await fill(log, 3);
  await expect(load(await exportOf(log), log, { tenant: 'other' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await eventsIn(log)).toHaveLength(3);
});

test('more events than one append takes keep their order, streams mixed as they are', async () => {
  const into = openMemoryLog();
  const revise = () => anEvent({ type: 'memory.revised', data: { content: 'x'.repeat(20_000) } });
  await fill(log, 3);
  for (let n = 0; n < 120; n++)
    await log.append([
      { stream: stream(n % 3), expected: 'any', events: n % 2 === 0 ? [revise()] : [revise(), revise()] },
    ]);
  await load(await exportOf(log), into);
  expect((await eventsIn(into)).map(without)).toEqual((await eventsIn(log)).map(without));
});

test('a handoff is pinned where the same events are in the new log', async () => {
  const into = openMemoryLog();
  await fill(into, 7);
  await log.append([{ stream: `memory-elsewhere+1`, expected: 'none', events: [recording(90)] }]);
  await log.append([{ stream: stream(20), expected: 'none', events: [recording(20)] }]);
  await log.append([{ stream: stream(21), expected: 'none', events: [recording(21)] }]);
  // Not a line of the export, and so in no log but this one.
  await log.append([{ stream: `memory-elsewhere+2`, expected: 'none', events: [recording(91)] }]);
  const pinnedAt = await log.head();
  await log.append([{ stream: stream(22), expected: 'none', events: [recording(22)] }]);
  const offer = {
    to: { agent: 'bob', team: null },
    task: 'go on',
    context: {},
    memories: ['20'],
    session: null,
    expiresAt: minute(60),
    withheld: [],
  };
  const offered = (id: string, pin: string) => ({
    stream: stream(1, 'handoff'),
    expected: 'none' as const,
    events: [{ ...anEvent({ type: 'handoff.offered', data: { ...offer, pinnedAt: pin } }), id }],
  });
  await log.append([offered('offer', pinnedAt)]);

  await load(await exportOf(log), into);
  const place = (await into.readStream(stream(21)))[0]?.position;
  expect((await into.readStream(stream(1, 'handoff')))[0]?.data).toEqual({ ...offer, pinnedAt: place });
  expect(await load(await exportOf(log), into)).toMatchObject({ imported: 0, there: 4 });
});
