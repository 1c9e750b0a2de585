// Scores passages by coverage (src/text/coverage.ts), a term at a time. All statistics are over the buckets that the
// reader may read: nothing about the others shows in a score.
import { inverseDocumentFrequency, saturation } from '../../../text/coverage.ts';
import { type BucketState, DENIED, FOUND } from './buckets.ts';
import { TENTHS } from './pair-lists.ts';
import type { TextRows } from './text-rows.ts';

export type TextScores = {
  /** The rows that have at least one of the terms and are asked for, and the coverage of each. */
  rows: Uint32Array;
  coverages: Float64Array;
  /** 0 … 1; 0 for a row that has none, or is not asked for. Good until the next search. */
  coverageOf(row: number): number;
  /** The indexes of the question's terms that a row has. */
  matchedBy(row: number): number[];
};

export type TextSearch = (verdicts: Uint8Array, buckets: Iterable<BucketState>, terms: readonly string[]) => TextScores;

export function createTextSearch(text: TextRows): TextSearch {
  /** Kept from search to search: clearing what was touched is cheaper than a new array. */
  let sums = new Float64Array(0);
  let touched = new Uint32Array(0);
  let coverages = new Float64Array(0);
  let size = 0;

  function clear(): void {
    for (let at = 0; at < size; at++) sums[touched[at] ?? 0] = 0;
    size = 0;
    if (sums.length >= text.size()) return;
    sums = new Float64Array(text.size() * 2);
    touched = new Uint32Array(text.size() * 2);
    coverages = new Float64Array(text.size() * 2);
  }

  /** How many allowed passages have the term. */
  function frequency(list: number, verdicts: Uint8Array): number {
    const { ids } = text.postings;
    const { bucketOf } = text;
    const start = text.postings.start(list);
    const end = start + text.postings.count(list);
    let found = 0;
    for (let at = start; at < end; at++) if (verdicts[bucketOf[ids[at] ?? 0] ?? 0] !== DENIED) found++;
    return found;
  }

  function accumulate(list: number, verdicts: Uint8Array, idf: number, meanLength: number): void {
    const { ids, weights } = text.postings;
    const { bucketOf, lengthOf } = text;
    const start = text.postings.start(list);
    const end = start + text.postings.count(list);
    for (let at = start; at < end; at++) {
      const row = ids[at] ?? 0;
      if (verdicts[bucketOf[row] ?? 0] !== FOUND) continue;
      const before = sums[row] ?? 0;
      if (before === 0) touched[size++] = row;
      sums[row] = before + idf * saturation((weights[at] ?? 0) / TENTHS, (lengthOf[row] ?? 0) / TENTHS, meanLength);
    }
  }

  return (verdicts, buckets, terms) => {
    clear();
    let passages = 0;
    let length = 0;
    for (const bucket of buckets) {
      if (verdicts[bucket.id] === DENIED) continue;
      passages += bucket.passages;
      length += bucket.length;
    }
    const meanLength = length / TENTHS / passages;
    const lists = terms.map((term) => text.find(term));
    let asked = 0;
    for (const list of lists) {
      const withTerm = list === undefined ? 0 : frequency(list, verdicts);
      const idf = inverseDocumentFrequency(passages, withTerm);
      asked += idf;
      if (list !== undefined && withTerm > 0) accumulate(list, verdicts, idf, meanLength);
    }
    for (let at = 0; at < size; at++) coverages[at] = (sums[touched[at] ?? 0] ?? 0) / asked;
    return {
      rows: touched.subarray(0, size),
      coverages,
      coverageOf: (row) => (asked === 0 ? 0 : (sums[row] ?? 0) / asked),
      matchedBy: (row) => lists.flatMap((list, index) => (list !== undefined && has(text, list, row) ? [index] : [])),
    };
  };
}

/** Postings ascend by row. */
function has({ postings }: TextRows, list: number, row: number): boolean {
  let low = postings.start(list);
  const end = low + postings.count(list);
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((postings.ids[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low < end && postings.ids[low] === row;
}
