// What the client says when a call fails, as failures that a caller and an operator can act on. Errors are told apart by
// their `type`: the first call to a server that is away rejects with an error of gRPC, which has none.
import { Failure, failure } from '../../domain/failure.ts';

/** The server has not answered in time. What it was asked may be done. */
export class Silence extends Error {}

export const isConflict = (error: unknown): boolean => typeOf(error) === 'wrong-expected-version';
export const isNotFound = (error: unknown): boolean => typeOf(error) === 'stream-not-found';
export const isTombstone = (error: unknown): boolean => typeOf(error) === 'stream-deleted';

/** The failure of an error that asking again does not help; null when the outcome is unknown and it is worth asking again. */
export function finalTrouble(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  const because = (code: Failure['code'], message: string) => failure(code, message, {}, { cause: error });
  switch (typeOf(error)) {
    case 'stream-deleted':
      return because('UNAVAILABLE', 'the stream was tombstoned in EventStoreDB and takes no events any more');
    case 'maximum-append-size-exceeded':
      return because('PAYLOAD_TOO_LARGE', 'EventStoreDB takes no append of this size; its limit was lowered');
    case 'access-denied':
      return because('UNAVAILABLE', 'EventStoreDB refuses the credentials of EVENTSTORE_URL');
    case 'invalid-argument':
    case 'invalid-transaction':
    case 'unsupported':
      return because('INTERNAL', 'EventStoreDB does not understand what it was asked');
    default:
      return null;
  }
}

export const away = (cause: unknown): Failure =>
  failure('UNAVAILABLE', 'the event log is away: EventStoreDB does not answer; try again', {}, { cause });

export const closed = (): Failure => failure('UNAVAILABLE', 'the event log is closed');

/** What was read is not what Annals writes. */
export const foreign = (stream: string, revision: number): Failure =>
  failure('UNAVAILABLE', `the event log is damaged: event ${revision} of ${stream} was not written by Annals`);

const typeOf = (error: unknown): unknown => (error instanceof Error && 'type' in error ? error.type : undefined);
