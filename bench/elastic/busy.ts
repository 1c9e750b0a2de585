// Searches while others write: nothing that was counted for earlier questions can be used.
import { randomOf } from '../index/data.ts';
import { percentile } from '../support/report.ts';
import type { Filled } from './filling.ts';
import { askers, inTurns } from './in-turns.ts';
import { write } from './writing.ts';

export const QUESTIONS = 100;
const WARM_UP = 20;

/** Something is written, projected and found before each search, ours or by hand. `first`: the number of the first of it. */
export async function measureBusy(filled: Filled, nextVector: () => Float32Array, first: number) {
  const random = randomOf(13);
  let number = first;
  const before = () => write(filled, number++, random);
  const rows = [];
  for (const { share, reader } of askers) {
    const { ours, byHand } = await inTurns(filled, reader, nextVector, {
      warmUp: WARM_UP,
      questions: QUESTIONS,
      before,
    });
    const [p50, two] = [percentile(ours, 50), percentile(byHand, 50)];
    rows.push({ allowed: `${100 * share} %`, 'HYBRID p50 ms': p50, 'two queries p50 ms': two, ratio: p50 / two });
  }
  return rows;
}
