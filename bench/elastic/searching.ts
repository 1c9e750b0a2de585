// How long a search takes beside its own two queries, and how many of the nearest are found.
import type { Reader } from '../../src/domain/visibility.ts';
import { percentile } from '../support/report.ts';
import { mayRead, NOW, numberOf } from '../views/data.ts';
import { scan, withContext } from '../views/exact.ts';
import { askers, inTurns } from './in-turns.ts';
import type { BenchViews } from './views.ts';

export const QUESTIONS = 400;
export const CHECKED = 50;

export async function measureSearching(
  opened: BenchViews,
  vectors: readonly Float32Array[],
  nextVector: () => Float32Array,
  warmUp: number,
) {
  const measured = [];
  for (const { share, reader } of askers)
    measured.push({
      share,
      reader,
      ...(await inTurns(opened, reader, nextVector, { warmUp, questions: QUESTIONS, before: async () => {} })),
    });
  const exact = withContext(vectors);
  const rows = [];
  for (const { share, reader, ours, byHand, withDocuments } of measured) {
    const allowed = Array.from(vectors.keys()).filter((number) => mayRead(share, number));
    const p50 = percentile(ours, 50);
    rows.push({
      allowed: `${100 * share} %`,
      'HYBRID p50 ms': p50,
      'p95 ms': percentile(ours, 95),
      'two queries p50 ms': percentile(byHand, 50),
      ratio: p50 / percentile(byHand, 50),
      'and documents p50 ms': percentile(withDocuments, 50),
      'ratio to both': p50 / percentile(withDocuments, 50),
      'recall@10': await recall(opened, reader, allowed, exact, nextVector),
    });
  }
  return rows;
}

async function recall(
  { views }: BenchViews,
  reader: Reader,
  allowed: readonly number[],
  exact: readonly Float32Array[],
  nextVector: () => Float32Array,
): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (let i = 0; i < CHECKED; i++) {
    const vector = nextVector();
    const best = scan(vector, allowed, exact, 10);
    const page = await views.search({ reader, now: NOW, mode: 'SEMANTIC', text: '', vector, limit: 10 });
    const ids = new Set(page.candidates.map(({ memory }) => numberOf(memory.id)));
    wanted += best.length;
    found += best.filter((number) => ids.has(number)).length;
  }
  return found / wanted;
}
