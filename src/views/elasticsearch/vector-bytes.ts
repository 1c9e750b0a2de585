// Vectors in base64: of big-endian float32, which is what `dense_vector` takes and a third of the bytes of decimal numbers;
// and rounded, to be given back with hits.
import { endianness } from 'node:os';

const isLittleEndian = endianness() === 'LE';
const bigEndian = (bytes: Buffer): Buffer => (isLittleEndian ? bytes.swap32() : bytes);
const littleEndian = (bytes: Buffer): Buffer => (isLittleEndian ? bytes : bytes.swap16());

export function encodeVector(vector: Float32Array): string {
  const copy = vector.slice();
  return bigEndian(Buffer.from(copy.buffer)).toString('base64');
}

export function decodeVector(base64: string): Float32Array {
  const bytes = bigEndian(Buffer.from(base64, 'base64'));
  // Of memory of its own, where numbers of four bytes lie as they must.
  const vector = new Float32Array(bytes.length / 4);
  new Uint8Array(vector.buffer).set(bytes);
  return vector;
}

/** As exactly as the embedded index keeps them: components are in −1 … 1, and this is 1. */
const WHOLE = 32_767;

/** At 16 bits a component, little-endian: what a search is given to compare with, a hundred at once. */
export function encodeRounded(vector: Float32Array): string {
  const numbers = new Int16Array(vector.length);
  for (let i = 0; i < vector.length; i++) numbers[i] = Math.round((vector[i] ?? 0) * WHOLE);
  return littleEndian(Buffer.from(numbers.buffer)).toString('base64');
}

/** The dot product of `question` and what `encodeRounded` made, without making anything of it. */
export function dotWith(question: Float32Array): (base64: string) => number {
  const numbers = new Int16Array(question.length);
  const bytes = Buffer.from(numbers.buffer);
  return (base64) => {
    bytes.write(base64, 'base64');
    littleEndian(bytes);
    let sum = 0;
    for (let i = 0; i < numbers.length; i++) sum += (numbers[i] ?? 0) * (question[i] ?? 0);
    return sum / WHOLE;
  };
}
