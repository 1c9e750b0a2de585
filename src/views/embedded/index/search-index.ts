// The search index of the embedded profile: text and vectors of all memories, in memory. It knows nothing of threads,
// files or messages.
import { bestPassage } from '../../../text/best-passage.ts';
import { bestOf } from './best.ts';
import type { BucketState } from './buckets.ts';
import { createContents } from './contents.ts';
import type { Entry, PassageEntry } from './entry.ts';
import { createTextSearch, type TextScores } from './text-search.ts';
import type { IndexHit, IndexQuery, SearchIndex, SearchIndexOptions } from './types.ts';
import { createVectorSearch } from './vector-search.ts';

type Accept = ((entry: Entry) => boolean) | null;

export function createSearchIndex({ dimensions }: SearchIndexOptions): SearchIndex {
  const contents = createContents(dimensions);
  const { text, vectors, buckets } = contents;
  const searchText = createTextSearch(text);
  const searchVectors = createVectorSearch(vectors);

  function bestByText({ rows, coverages }: TextScores, accept: Accept, limit: number): Entry[] {
    if (accept === null)
      return bestOf({ count: rows.length, scores: coverages, entryOf: (index) => entryOf(rows[index] ?? 0) }, limit);
    const indexes = Array.from(rows.keys()).filter((index) => accept(entryOf(rows[index] ?? 0)));
    const scores = Float64Array.from(indexes, (index) => coverages[index] ?? 0);
    return bestOf(
      { count: indexes.length, scores, entryOf: (index) => entryOf(rows[indexes[index] ?? 0] ?? 0) },
      limit,
    );
  }

  function entryOf(row: number): Entry {
    const passage = text.passageOf[row];
    if (passage == null) throw new Error(`no passage at row ${row}`);
    return passage.entry;
  }

  function search({ allow, within = () => true, accept, terms, vector, mode, limit }: IndexQuery): IndexHit[] {
    contents.settle();
    const verdicts = buckets.judge(allow, within);
    const states: BucketState[] = Array.from(buckets.all());
    const accepted = accept === undefined ? null : acceptOnly(accept);
    const scores = mode === 'SEMANTIC' ? null : searchText(verdicts, states, terms);
    const question = mode === 'KEYWORD' ? null : vector;
    const found = new Set<Entry>();
    if (scores !== null) for (const entry of bestByText(scores, accepted, limit)) found.add(entry);
    if (question !== null)
      for (const entry of searchVectors(verdicts, states, accepted, question, limit)) found.add(entry);
    const similarityOf = (passage: PassageEntry) => (question === null ? null : vectors.cosine(passage));
    return Array.from(found, (entry) => describe(entry, scores, similarityOf));
  }

  return {
    put: contents.put,
    remove: contents.remove,
    setVector: contents.setVector,
    stock: vectors.stock,
    clearStock: vectors.clearStock,
    holder: contents.holder,
    hashesOf: contents.hashesOf,
    wanting: contents.wanting,
    expire: contents.expire,
    settle: contents.settle,
    search,
    statistics: () => ({
      memories: contents.memories(),
      passages: text.size(),
      vectors: vectors.size(),
      terms: text.terms(),
      bytes: contents.bytes(),
    }),
  };
}

function acceptOnly(numbers: Iterable<number>): Accept {
  const accepted = new Set(numbers);
  return ({ number }) => accepted.has(number);
}

function describe(
  { number, passages }: Entry,
  scores: TextScores | null,
  similarityOf: (passage: PassageEntry) => number | null,
): IndexHit {
  const { similarity, coverage, byWords, shown } = bestPassage(
    passages.map((passage) => ({
      similarity: similarityOf(passage),
      coverage: scores === null ? null : scores.coverageOf(passage.row),
    })),
  );
  const worded = byWords === null ? undefined : passages[byWords];
  const matched = scores === null || worded === undefined ? [] : scores.matchedBy(worded.row);
  return { number, similarity, coverage, matched, passage: passages[shown]?.index ?? 0 };
}
