// An analysis as bytes, so that a start reads it from the file instead of tokenising every memory again: a version,
// then varints and hashes, then all terms as one text with spaces between (no term has one).
import type { Analysis, Passage, TermCounts } from '../../../text/analysis.ts';

/** Raised when the layout, or what a term is, changes: analyses of another version are made anew. */
export const BLOB_VERSION = 1;

const HASH_BYTES = 32;

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

/** null for another version's bytes. */
export function decodeAnalysis(bytes: Uint8Array): Analysis | null {
  if (bytes[0] !== BLOB_VERSION) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 1;

  function readVarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError('an analysis ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  const readCounts = () => Array.from({ length: readVarint() }, readVarint);

  const read = Array.from({ length: readVarint() }, () => {
    const start = readVarint();
    const end = readVarint();
    const hash = buffer.toString('hex', at, at + HASH_BYTES);
    at += HASH_BYTES;
    return { start, end, hash, counts: readCounts() };
  });
  const fieldCounts = readCounts();

  const words = buffer.toString('utf8', at).split(' ');
  let word = 0;
  const termsOf = (counts: readonly number[]): TermCounts => {
    const terms = new Map<string, number>();
    for (const count of counts) terms.set(words[word++] ?? '', count);
    return terms;
  };
  const passages = read.map(({ counts, ...rest }): Passage => ({ ...rest, terms: termsOf(counts) }));
  return { passages, fields: termsOf(fieldCounts) };
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
