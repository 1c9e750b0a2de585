// From a write until a search that waits for it finds it: appended, projected, refreshed, asked.
import assert from 'node:assert/strict';
import { randomOf } from '../index/data.ts';
import { percentile } from '../support/report.ts';
import { NOW, readers, recorded } from '../views/data.ts';
import type { Filled } from './filling.ts';

export const WRITES = 50;
const WARM_UP = 5;
/** As a query waits at the most. */
const PATIENCE = 2_000;

/** Records one, and gives back when it is projected and searches find it. */
export async function write({ log, projector }: Filled, number: number, random: () => number): Promise<void> {
  const appended = await log.append([recorded(number, random)]);
  assert(appended.ok);
  assert(await projector.waitFor(appended.position, PATIENCE));
}

/** `first`: the number of the first memory that is written. */
export async function measureWriting(filled: Filled, first: number) {
  const random = randomOf(11);
  const [{ reader } = { reader: null }] = readers;
  assert(reader);
  const times: number[] = [];
  for (let i = -WARM_UP; i < WRITES; i++) {
    const number = first + WARM_UP + i;
    const begun = performance.now();
    await write(filled, number, random);
    const question = { reader, now: NOW, mode: 'KEYWORD' as const, text: `note${number}`, vector: null, limit: 50 };
    const { candidates } = await filled.views.search(question);
    if (i >= 0) times.push(performance.now() - begun);
    assert.equal(candidates.length, 1);
  }
  return { p50: percentile(times, 50), p95: percentile(times, 95) };
}
