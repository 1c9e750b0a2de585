// Errors as the server sends them: a status, and trailers by which the client knows which of its errors it is.
import { Metadata, status } from '@grpc/grpc-js';

export type ProtocolError = Error & { code: status; details: string; metadata: Metadata };

function protocolError(code: status, details: string, trailers: Record<string, string> = {}): ProtocolError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const isProtocolError = (error: unknown): error is ProtocolError =>
  error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata;

export const unavailable = (): ProtocolError => protocolError(status.UNAVAILABLE, 'Server Is Not Ready');

export const malformed = (what: string): ProtocolError => protocolError(status.INVALID_ARGUMENT, what);

export const unexpected = (error: unknown): ProtocolError =>
  protocolError(status.UNKNOWN, error instanceof Error ? error.message : String(error));

/** A place in the log where no record begins. */
export const noBoundary = (position: number): ProtocolError =>
  protocolError(status.UNKNOWN, `Unexpected ReadAllResult: Error (no record at position ${position})`);

export const streamDeleted = (stream: string): ProtocolError =>
  protocolError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (stream: string, expected: number, current: number): ProtocolError =>
  protocolError(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${current}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      ...(current >= 0 && { 'actual-version': String(current) }),
    },
  );

export const tooLarge = (limit: number): ProtocolError =>
  protocolError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });
