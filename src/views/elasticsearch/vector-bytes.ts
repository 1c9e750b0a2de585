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
