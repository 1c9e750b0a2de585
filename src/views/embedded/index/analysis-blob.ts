// An analysis as bytes, so that a start reads it from the file instead of tokenising every memory again: a version,
// then varints and hashes, then all terms as one text with spaces between (no term has one).
import type { Analysis, TermCounts } from '../../../text/analysis.ts';
import { grown } from './pair-lists.ts';

/** Raised when the layout, or what a term is, changes: analyses of another version are made anew. */
export const BLOB_VERSION = 1;

const HASH_BYTES = 32;
const SPACE = 32;

export function encodeAnalysis({ passages, fields }: Analysis): Uint8Array {
  const numbers: number[] = [BLOB_VERSION];
  writeVarint(numbers, passages.length);
  for (const { start, end, hash, terms } of passages) {
    writeVarint(numbers, start);
    writeVarint(numbers, end);
    numbers.push(...Buffer.from(hash, 'hex'));
    writeCounts(numbers, terms);
  }
  writeCounts(numbers, fields);
  const words = [...passages.flatMap(({ terms }) => Array.from(terms.keys())), ...fields.keys()].join(' ');
  return Buffer.concat([Uint8Array.from(numbers), Buffer.from(words, 'utf8')]);
}

export const isCurrent = (bytes: Uint8Array): boolean => bytes[0] === BLOB_VERSION;

/** Reads one blob after the other, without making anything of a term: it is left where it lies. */
export class AnalysisReader {
  bytes: Buffer = Buffer.alloc(0);
  /** The passages' hashes, and how many terms each has; those of the fields come last, under no hash. */
  readonly hashes: string[] = [];
  readonly termCounts: number[] = [];
  /** The term that `next` came to: where it lies in `bytes`, and how often it is there. */
  from = 0;
  to = -1;
  count = 0;
  #counts = new Uint32Array(256);
  #read = 0;
  #known = 0;
  #at = 0;

  /** To be of the current version. */
  open(blob: Uint8Array): void {
    this.bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    this.#at = 1;
    this.#read = 0;
    this.#known = 0;
    this.hashes.length = 0;
    this.termCounts.length = 0;
    for (let passages = this.#varint(); passages > 0; passages--) {
      this.#varint();
      this.#varint();
      this.hashes.push(this.bytes.toString('hex', this.#at, this.#at + HASH_BYTES));
      this.#at += HASH_BYTES;
      this.#readCounts();
    }
    this.#readCounts();
    this.to = this.#at - 1;
  }

  /** The terms, in the order of `termCounts`. */
  next(): void {
    const { bytes } = this;
    this.from = this.to + 1;
    let to = this.from;
    while (to < bytes.length && bytes[to] !== SPACE) to++;
    this.to = to;
    this.count = this.#counts[this.#read++] ?? 0;
  }

  #readCounts(): void {
    const count = this.#varint();
    this.termCounts.push(count);
    if (this.#known + count > this.#counts.length)
      this.#counts = grown(this.#counts, new Uint32Array((this.#known + count) * 2));
    for (let i = 0; i < count; i++) this.#counts[this.#known++] = this.#varint();
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw new RangeError('an analysis ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}

function writeCounts(numbers: number[], terms: TermCounts): void {
  writeVarint(numbers, terms.size);
  for (const count of terms.values()) writeVarint(numbers, count);
}

function writeVarint(numbers: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) numbers.push((rest % 128) + 128);
  numbers.push(rest);
}
