// Reads a request's body, bounded for one request and for all that are being read at once.
import { Buffer, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type Failure, failure } from '../domain/failure.ts';

/** The largest body of one request, in bytes. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Of all bodies that are being read at once. */
const MAX_ALL_BODIES_BYTES = 32 * MAX_BODY_BYTES;

export const tooLarge = () =>
  failure('PAYLOAD_TOO_LARGE', `the body is larger than ${MAX_BODY_BYTES} bytes`, {
    field: 'body',
    limit: MAX_BODY_BYTES,
  });

export type ReadBody = (request: IncomingMessage) => Promise<string>;

export function createBodyReader(): ReadBody {
  let held = 0;

  return (request) =>
    new Promise((resolve, reject) => {
      if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return reject(tooLarge());
      const chunks: Buffer[] = [];
      let length = 0;

      const onData = (chunk: Buffer) => {
        length += chunk.length;
        held += chunk.length;
        if (length > MAX_BODY_BYTES) return done(tooLarge());
        if (held > MAX_ALL_BODIES_BYTES)
          return done(failure('UNAVAILABLE', 'too many large requests at once; try again'));
        chunks.push(chunk);
      };
      const onEnd = () => done(null);
      const onLeft = () => done(failure('INVALID_INPUT', 'the connection ended within the body', { field: 'body' }));
      const done = (fault: Failure | null) => {
        held -= length;
        request.off('data', onData).off('end', onEnd).off('error', onLeft).off('close', onLeft);
        if (fault !== null) return reject(fault);
        const [first] = chunks;
        const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
        try {
          resolve(textOf(bytes));
        } catch (error) {
          reject(error);
        }
      };
      request.on('data', onData).on('end', onEnd).on('error', onLeft).on('close', onLeft);
    });
}

export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw failure('INVALID_INPUT', 'the body is not UTF-8', { field: 'body' });
}
