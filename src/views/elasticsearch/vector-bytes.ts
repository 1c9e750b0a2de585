// Vectors as base64 of big-endian float32: what `dense_vector` takes, and a third of the bytes of decimal numbers.
import { endianness } from 'node:os';

const turned = (bytes: Buffer): Buffer => (endianness() === 'LE' ? bytes.swap32() : bytes);

export function encodeVector(vector: Float32Array): string {
  const copy = vector.slice();
  return turned(Buffer.from(copy.buffer)).toString('base64');
}

export function decodeVector(base64: string): Float32Array {
  const bytes = turned(Buffer.from(base64, 'base64'));
  // Of memory of its own, where numbers of four bytes lie as they must.
  const vector = new Float32Array(bytes.length / 4);
  new Uint8Array(vector.buffer).set(bytes);
  return vector;
}

/** Of `question` and a vector in base64, without making anything of it: a search asks for hundreds. */
export function dotWith(question: Float32Array): (base64: string) => number {
  const vector = new Float32Array(question.length);
  const bytes = Buffer.from(vector.buffer);
  return (base64) => {
    bytes.write(base64, 'base64');
    turned(bytes);
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += (vector[i] ?? 0) * (question[i] ?? 0);
    return sum;
  };
}
