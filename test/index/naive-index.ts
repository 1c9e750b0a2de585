// What the search index has to equal: the recipe, scored over everything, for every question from scratch.
import { inverseDocumentFrequency, saturation } from '../../src/text/coverage.ts';
import type { Bucket, IndexedMemory, IndexHit } from '../../src/views/embedded/index/types.ts';

export type NaiveQuery = {
  allow: (bucket: Bucket) => boolean;
  accept: (number: number) => boolean;
  terms: readonly string[];
  vector: Float32Array | null;
};

type ScoredMemory = Pick<IndexHit, 'number' | 'similarity' | 'coverage' | 'matched'>;
type Row = { number: number; bucket: Bucket; terms: Map<string, number>; length: number; vector: number[] | null };

const addTo = (sums: Map<string, number>, terms: ReadonlyMap<string, number>, weight: number) => {
  for (const [term, count] of terms) sums.set(term, (sums.get(term) ?? 0) + count * weight);
};

function lenders(memory: IndexedMemory, all: readonly IndexedMemory[]): IndexedMemory[] {
  if (memory.contextKey === null || memory.bucket.deprecated || memory.analysis.passages.length > 1) return [];
  const place = ({ occurredAt, position }: IndexedMemory) => `${occurredAt} ${position}`;
  const before = all
    .filter((other) => other.contextKey === memory.contextKey && !other.bucket.deprecated)
    .filter((other) => place(other) < place(memory))
    .sort((a, b) => (place(a) < place(b) ? 1 : -1));
  const barrier = before.findIndex((other) => other.analysis.passages.length > 1);
  return (barrier < 0 ? before : before.slice(0, barrier)).slice(0, 3);
}

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
};

function rowsOf(
  memory: IndexedMemory,
  all: readonly IndexedMemory[],
  vectors: ReadonlyMap<string, Float32Array>,
): Row[] {
  const context = lenders(memory, all);
  const previous = vectors.get(context[0]?.analysis.passages[0]?.hash ?? '');
  return memory.analysis.passages.map((passage) => {
    const terms = new Map<string, number>();
    addTo(terms, passage.terms, 1);
    addTo(terms, memory.analysis.fields, 1);
    context.forEach((neighbour, distance) => {
      const lent = neighbour.analysis.passages[0]?.terms;
      if (lent !== undefined) addTo(terms, lent, [0.5, 0.3, 0.2][distance] ?? 0);
    });
    const own = vectors.get(passage.hash);
    const mixed = own && unit(Array.from(own, (value, i) => value + 0.3 * (previous?.[i] ?? 0)));
    const length = Array.from(terms.values()).reduce((sum, frequency) => sum + frequency, 0);
    return { number: memory.number, bucket: memory.bucket, terms, length, vector: mixed ?? null };
  });
}

/** Every allowed and accepted memory with its scores. */
export function scoreAll(
  memories: readonly IndexedMemory[],
  vectors: ReadonlyMap<string, Float32Array>,
  { allow, accept, terms, vector }: NaiveQuery,
): ScoredMemory[] {
  const rows = memories.flatMap((memory) => rowsOf(memory, memories, vectors)).filter(({ bucket }) => allow(bucket));
  const mean = rows.reduce((sum, { length }) => sum + length, 0) / rows.length;
  const idfs = terms.map((term) =>
    inverseDocumentFrequency(rows.length, rows.filter((row) => row.terms.has(term)).length),
  );
  const asked = idfs.reduce((sum, idf) => sum + idf, 0);
  const best = new Map<number, ScoredMemory>();
  for (const row of rows.filter(({ number }) => accept(number))) {
    const matched = terms.flatMap((term, index) => (row.terms.has(term) ? [index] : []));
    const found = matched.reduce((sum, index) => {
      const frequency = row.terms.get(terms[index] ?? '') ?? 0;
      return sum + (idfs[index] ?? 0) * saturation(frequency, row.length, mean);
    }, 0);
    const coverage = asked === 0 ? 0 : found / asked;
    const similarity =
      row.vector && vector ? row.vector.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0) : null;
    const known = best.get(row.number);
    best.set(row.number, {
      number: row.number,
      similarity: Math.max(similarity ?? -2, known?.similarity ?? -2),
      coverage: Math.max(coverage, known?.coverage ?? 0),
      matched: known && (known.coverage ?? 0) >= coverage ? known.matched : matched,
    });
  }
  return Array.from(best.values(), (memory) => ({
    ...memory,
    similarity: (memory.similarity ?? -2) < -1.5 ? null : memory.similarity,
  }));
}
