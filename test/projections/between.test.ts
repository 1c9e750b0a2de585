// What is done between two pages of a projector.
import { afterEach, expect, test } from 'vitest';
import { createProjector, type Projector } from '../../projections/projector.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { analyse, anEvent, aRecording, memoryStream, NOW, operator } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { openNaiveViews } from '../support/naive-views.ts';

const MINUTE = 60_000;
const running: Projector[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((projector) => projector.stop()));
});

async function start(views: ViewStore) {
  const log = openMemoryLog();
  const projector = createProjector(log, views);
  running.push(projector);
  await projector.start();
  const record = async (id: string) => {
    const event = anEvent({ type: 'memory.recorded', data: aRecording() });
    const result = await log.append([{ stream: memoryStream(id), expected: 'any', events: [event] }]);
    if (!result.ok) throw new Error('the append must succeed');
    return result.position;
  };
  return { projector, record };
}

async function ids(views: ViewStore): Promise<string[]> {
  const { rows } = await views.list({ reader: operator, now: NOW, first: 100 });
  return rows.map(({ memory }) => memory.id).sort();
}

test('nothing is applied meanwhile, and after it all that came in the meantime', async () => {
  const views = openNaiveViews({ analyse });
  const { projector, record } = await start(views);
  await projector.waitFor(await record('m1'), MINUTE);
  const head = await projector.between(async () => {
    const position = await record('m2');
    expect(await projector.waitFor(position, 20)).toBe(false);
    return position;
  });
  expect(await projector.waitFor(head, MINUTE)).toBe(true);
  expect(await ids(views)).toEqual(['m1', 'm2']);
});

test('it goes on from where the views say they are then, were it from the beginning', async () => {
  const [first, second] = [openNaiveViews({ analyse }), openNaiveViews({ analyse })];
  let current = first;
  const views: ViewStore = {
    ...first,
    load: (keys) => current.load(keys),
    apply: (changes, checkpoint, parking) => current.apply(changes, checkpoint, parking),
    checkpoint: () => current.checkpoint(),
    refresh: () => current.refresh(),
    parked: () => current.parked(),
  };
  const { projector, record } = await start(views);
  const before = await record('m1');
  await projector.waitFor(before, MINUTE);
  await projector.between(async () => {
    current = second;
  });
  await projector.waitFor(await record('m2'), MINUTE);
  expect(await ids(second)).toEqual(['m1', 'm2']);
  expect(await ids(first)).toEqual(['m1']);
});

test('what fails in it is its own failure', async () => {
  const { projector, record } = await start(openNaiveViews({ analyse }));
  await expect(projector.between(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await projector.waitFor(await record('m1'), MINUTE)).toBe(true);
  expect(projector.failure()).toBeNull();
});
