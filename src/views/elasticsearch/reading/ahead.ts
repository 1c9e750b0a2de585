// Most of what a search gives is found by meaning, and that is known before what is found by words: while this is waited
// for, the documents that are likely to be given are asked for.
import { portionsOf } from '../../best.ts';
import type { SearchQuery } from '../../view-store.ts';
import type { Corpus } from './corpus.ts';
import type { Documents } from './documents.ts';
import type { Measure } from './measuring.ts';
import type { Passage } from './passage.ts';

export type Finding = {
  counting: Promise<Corpus>;
  byMeaning: Promise<readonly Passage[]>;
  byWords: Promise<unknown>;
};

/** Of a memory of many passages only the one that was found is measured: what is read for nothing is only read. */
export async function readAhead(
  documents: Documents,
  query: SearchQuery,
  { counting, byMeaning, byWords }: Finding,
  measure: Measure,
): Promise<void> {
  const first = await Promise.race([Promise.all([byMeaning, counting]), byWords.then(() => null)]);
  if (first === null) return;
  const [near, corpus] = first;
  const measured = near.map((passage) => measure(passage.memory, [passage], corpus));
  const [best = []] = portionsOf(measured, query, () => 0);
  await documents.pairsOf(best.map(({ memory }) => memory));
}
