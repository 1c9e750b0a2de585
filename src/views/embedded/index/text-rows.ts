// The inverted index: one row a passage, and for each term the rows that have it. A row never changes; what changes
// gets a new one. Dead rows stay in the postings until there are too many of them.
import type { BucketState } from './buckets.ts';
import { createDictionary } from './dictionary.ts';
import type { PassageEntry } from './entry.ts';
import { createPairLists, grown, type PairLists } from './pair-lists.ts';

const GONE = 0;
const SPARED = 1024;

export type TextRows = {
  /** The rows of a term and the tenths of its frequency, ascending by row; a term's number is that of its list. */
  readonly postings: PairLists;
  /** The id of a row's bucket, 0 for a dead row. */
  readonly bucketOf: Uint32Array;
  /** The sum of a row's frequencies in tenths. */
  readonly lengthOf: Uint32Array;
  readonly passageOf: readonly (PassageEntry | null)[];
  size(): number;
  terms(): number;
  find(term: string): number | undefined;
  /** Of the term that is there in UTF-8. */
  intern(bytes: Uint8Array, from: number, to: number): number;
  /** Adds to the row that is being made. */
  weigh(term: number, tenths: number): void;
  /** Ends the row that was being made. */
  add(passage: PassageEntry): void;
  drop(passage: PassageEntry): void;
  /** Drops dead rows and unused terms when they have become many. No other list may name a term that no row has. */
  compact(): void;
  bytes(): number;
};

export function createTextRows(): TextRows {
  const dictionary = createDictionary();
  const postings = createPairLists();
  let bucketOf = new Uint32Array(1024);
  let lengthOf = new Uint32Array(1024);
  let passageOf: (PassageEntry | null)[] = [];
  let dead = 0;
  /** The row that is being made: tenths by term, and the terms. */
  let tenthsOf = new Uint32Array(1024);
  const weighed: number[] = [];

  function count(bucket: BucketState, passages: 1 | -1, length: number): void {
    bucket.passages += passages;
    bucket.length += passages * length;
  }

  function add(passage: PassageEntry): void {
    const row = passageOf.push(passage) - 1;
    if (row >= bucketOf.length) {
      bucketOf = grown(bucketOf, new Uint32Array(row * 2));
      lengthOf = grown(lengthOf, new Uint32Array(row * 2));
    }
    let length = 0;
    for (const term of weighed) {
      const tenths = tenthsOf[term] ?? 0;
      postings.push(term, row, tenths);
      length += tenths;
      tenthsOf[term] = 0;
    }
    weighed.length = 0;
    passage.row = row;
    bucketOf[row] = passage.entry.bucket.id;
    lengthOf[row] = length;
    count(passage.entry.bucket, 1, length);
  }

  function drop(passage: PassageEntry): void {
    const { row } = passage;
    if (row < 0) return;
    count(passage.entry.bucket, -1, lengthOf[row] ?? 0);
    bucketOf[row] = GONE;
    passageOf[row] = null;
    passage.row = -1;
    dead++;
  }

  /** Moves the living rows together, in order; gives each row's new number. */
  function renumber(): Uint32Array {
    const moved = new Uint32Array(passageOf.length);
    const living: PassageEntry[] = [];
    passageOf.forEach((passage, row) => {
      if (passage === null) return;
      const to = living.push(passage) - 1;
      moved[row] = to;
      passage.row = to;
      bucketOf[to] = bucketOf[row] ?? GONE;
      lengthOf[to] = lengthOf[row] ?? 0;
    });
    passageOf = living;
    return moved;
  }

  function compact(): void {
    if (dead <= SPARED || dead <= passageOf.length / 3) return;
    const wasDead = passageOf.map((passage) => passage === null);
    const moved = renumber();
    dead = 0;
    const { ids, weights } = postings;
    dictionary.keep((list) => {
      const start = postings.start(list);
      const end = start + postings.count(list);
      let to = start;
      for (let at = start; at < end; at++) {
        const row = ids[at] ?? 0;
        if (wasDead[row]) continue;
        ids[to] = moved[row] ?? 0;
        weights[to++] = weights[at] ?? 0;
      }
      postings.truncate(list, to - start);
      if (to === start) postings.free(list);
      return to > start;
    });
  }

  function create(): number {
    const list = postings.create();
    if (list >= tenthsOf.length) tenthsOf = grown(tenthsOf, new Uint32Array(list * 2));
    return list;
  }

  return {
    postings,
    get bucketOf() {
      return bucketOf;
    },
    get lengthOf() {
      return lengthOf;
    },
    get passageOf() {
      return passageOf;
    },
    size: () => passageOf.length,
    terms: () => dictionary.size(),
    find: (term) => {
      const bytes = Buffer.from(term);
      return dictionary.find(bytes, 0, bytes.length);
    },
    intern: (bytes, from, to) => dictionary.intern(bytes, from, to, create),
    weigh: (term, tenths) => {
      const before = tenthsOf[term] ?? 0;
      if (before === 0) weighed.push(term);
      tenthsOf[term] = before + tenths;
    },
    add,
    drop,
    compact,
    bytes: () =>
      dictionary.bytes() + postings.bytes() + bucketOf.byteLength + lengthOf.byteLength + tenthsOf.byteLength,
  };
}
