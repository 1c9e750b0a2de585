// What of a page is applied.
import { expect, test, vi } from 'vitest';
import { aRecording, memoryStream, NOW, operator } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { append, MINUTE, naive, projectors, record, vote } from './stage.ts';

const projectorOf = projectors();

test('of many changes to a document in a page only the first and the last are applied', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  await record(log, 'm1');
  for (let n = 0; n < 20; n++) await vote(log, 'm1', `voter-${n}`);
  const apply = vi.fn(views.apply);
  const projector = projectorOf(log, { ...views, apply });
  await projector.start();
  await projector.waitFor(await log.head(), MINUTE);
  expect(apply.mock.calls.flatMap(([changes]) => changes.map(({ kind }) => kind))).toEqual([
    'memory',
    'votes',
    'votes',
  ]);
  expect(await views.get(operator, ['m1'], NOW)).toMatchObject([{ votes: { revision: 20 } }]);
});

test('a memory that is revised in the page of its recording keeps its place in the session', async () => {
  const [log, views] = [openMemoryLog(), naive()];
  for (const [id, content] of [
    ['m1', 'apple'],
    ['m2', 'pear'],
  ] as const)
    await append(log, memoryStream(id), { type: 'memory.recorded', data: aRecording({ content, session: 's' }) });
  await append(log, memoryStream('m1'), { type: 'memory.revised', data: { metadata: { seen: true } } });
  const projector = projectorOf(log, views);
  await projector.start();
  await projector.waitFor(await log.head(), MINUTE);
  const question = { reader: operator, now: NOW, mode: 'KEYWORD' as const, vector: null, limit: 10 };
  const found = async (text: string) =>
    (await views.search({ ...question, text })).candidates.map((one) => one.memory.id);
  expect(await found('apple')).toEqual(['m1', 'm2']);
  expect(await found('pear')).toEqual(['m2']);
});
