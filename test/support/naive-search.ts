// The search of RETRIEVAL's recipe without an index: every passage of every memory, in float64.
import type { Memory } from '../../src/domain/memory.ts';
import type { SearchMode } from '../../src/domain/search-mode.ts';
import type { Analyse, TermCounts } from '../../src/text/analysis.ts';
import { comparePlaces, contextKey, contextOf, contextWeights, mixVectors } from '../../src/text/context.ts';
import { coverage, inverseDocumentFrequency, saturation } from '../../src/text/coverage.ts';
import { scoreOf } from '../../src/text/score.ts';
import { queryTerms } from '../../src/text/terms.ts';
import type { Best, Candidate, SearchQuery } from '../../src/views/view-store.ts';

/** A document that the reader may read, and the position of the event that recorded it. */
export type Readable = { memory: Memory; recordedAt: string };

type Entry = {
  start: number;
  end: number;
  terms: Map<string, number>;
  length: number;
  vector: Float32Array | null;
};

export type Score = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'>;

/** How much a full coverage weighs against a cosine of 1, for choosing the passage that is shown. */
const WEIGHT = 4;

/** Scores of all memories of the corpus, in its order; the corpus is all that the statistics are over. */
export function scoreAll(
  corpus: readonly Readable[],
  query: Pick<SearchQuery, 'mode' | 'text' | 'vector'>,
  vectors: ReadonlyMap<string, Float32Array>,
  analyse: Analyse,
): Score[] {
  const entries = corpus.map((one) => entriesOf(one, corpus, vectors, analyse));
  const all = entries.flat();
  const meanLength = all.reduce((sum, entry) => sum + entry.length, 0) / all.length;
  const asked = queryTerms(query.text).map(({ term, word }) => {
    const withTerm = all.filter((entry) => entry.terms.has(term)).length;
    return { term, word, idf: inverseDocumentFrequency(all.length, withTerm) };
  });
  return entries.map((passages) => {
    const measured = passages.map((entry) => ({
      entry,
      similarity: query.vector === null || entry.vector === null ? null : dot(query.vector, entry.vector),
      coverage: coverage(
        asked.map(({ term, idf }) => ({
          idf,
          saturation: saturation(entry.terms.get(term) ?? 0, entry.length, meanLength),
        })),
      ),
    }));
    const words = best(measured, (one) => one.coverage);
    const meaning = best(measured, (one) => one.similarity ?? Number.NEGATIVE_INFINITY);
    const shown = best(
      measured,
      (one) =>
        (query.mode === 'KEYWORD' ? 0 : (one.similarity ?? 0)) +
        (query.mode === 'SEMANTIC' ? 0 : WEIGHT * one.coverage ** 2),
    );
    return {
      similarity: query.mode === 'KEYWORD' ? null : meaning.similarity,
      coverage: query.mode === 'SEMANTIC' ? null : words.coverage,
      matchedTerms:
        query.mode === 'SEMANTIC'
          ? []
          : asked.filter(({ term }) => words.entry.terms.has(term)).map(({ word }) => word),
      passage: measured.length === 1 ? null : [shown.entry.start, shown.entry.end],
    };
  });
}

/** Which memories are candidates: the best by each channel. A word channel's hit has at least one of the words. */
export function bestByEachChannel(scores: readonly Score[], limit: number): Set<number> {
  const cut = (value: (score: Score) => number) =>
    scores
      .map((score, index) => ({ index, value: value(score) }))
      .filter((one) => one.value > Number.NEGATIVE_INFINITY)
      .sort((a, b) => b.value - a.value)
      .slice(0, limit)
      .map((one) => one.index);
  return new Set([
    ...cut((score) => score.similarity ?? Number.NEGATIVE_INFINITY),
    ...cut((score) => score.coverage || Number.NEGATIVE_INFINITY),
  ]);
}

/** All that no `count` others are better than. */
export function bestByScore<T extends Score>(candidates: readonly T[], mode: SearchMode, best?: Best): T[] {
  if (best === undefined) return [...candidates];
  const worth = (one: T) => scoreOf(one, mode, best.minScore) ?? Number.NEGATIVE_INFINITY;
  return candidates
    .filter((one) => worth(one) > Number.NEGATIVE_INFINITY)
    .filter((one) => candidates.filter((other) => worth(other) > worth(one)).length < best.count);
}

function entriesOf(
  one: Readable,
  corpus: readonly Readable[],
  vectors: ReadonlyMap<string, Float32Array>,
  analyse: Analyse,
): Entry[] {
  const { passages, fields } = analyse(one.memory);
  const context = neighbours(one, corpus, analyse).map(({ memory }) => analyse(memory).passages[0]);
  return passages.map(({ start, end, terms: own, hash }) => {
    const terms = new Map(own);
    add(fields, 1, terms);
    context.forEach((passage, distance) => {
      if (passage) add(passage.terms, contextWeights[distance] ?? 0, terms);
    });
    const vector = vectors.get(hash) ?? null;
    const previous = vectors.get(context[0]?.hash ?? '');
    return {
      start,
      end,
      terms,
      length: [...terms.values()].reduce((sum, frequency) => sum + frequency, 0),
      vector: vector && previous ? mixVectors(vector, previous) : vector,
    };
  });
}

function add(from: TermCounts, weight: number, to: Map<string, number>): void {
  for (const [term, frequency] of from) to.set(term, (to.get(term) ?? 0) + weight * frequency);
}

function neighbours(one: Readable, corpus: readonly Readable[], analyse: Analyse): Readable[] {
  const key = contextKey(one.memory);
  if (key === null || one.memory.deprecation !== null) return [];
  const place = ({ memory, recordedAt }: Readable) => ({ occurredAt: memory.occurredAt, position: recordedAt });
  const session = corpus
    .filter(({ memory }) => contextKey(memory) === key && memory.deprecation === null)
    .sort((a, b) => comparePlaces(place(a), place(b)));
  return contextOf(session, session.indexOf(one), ({ memory }) => analyse(memory).passages.length);
}

/** The first of the highest; there is always a passage. */
const best = <T>(all: T[], value: (one: T) => number): T => all.reduce((a, b) => (value(b) > value(a) ? b : a));

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
