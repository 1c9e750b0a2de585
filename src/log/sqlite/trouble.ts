// What SQLite says when it cannot go on, as failures that a caller and an operator can act on.
import { Failure, failure } from '../../domain/failure.ts';

const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;

/** The sentence for a log that is not to be trusted. `where` says what is known of the place. */
export const damaged = (where: string, cause?: unknown): Failure =>
  failure('UNAVAILABLE', `the event log is damaged ${where}; restore it from a backup`, {}, { cause });

/** Any error as a failure. SQLite's own text may quote contents, so it stays in `cause`. */
export function troubleOf(error: unknown, where = 'in the file'): Failure {
  if (error instanceof Failure) return error;
  const unavailable = (message: string) => failure('UNAVAILABLE', message, {}, { cause: error });
  switch (primaryCode(error)) {
    case FULL:
      return unavailable('the event log cannot be written: the disk is full');
    case BUSY:
      return unavailable('the event log is held by another process; try again');
    case IOERR:
    case READONLY:
    case CANTOPEN:
      return unavailable('the event log cannot be read or written: the disk or its rights fail');
    case CORRUPT:
    case NOTADB:
      return damaged(where, error);
    default:
      return failure('INTERNAL', 'the event log failed', {}, { cause: error });
  }
}

/** A UNIQUE or PRIMARY KEY that was already taken, or another rule of the table. */
export const isConstraint = (error: unknown): boolean => primaryCode(error) === CONSTRAINT;

/** SQLite's result code without its extension; undefined for an error of another origin. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Runs work on the database; what it throws is a failure. */
export function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw troubleOf(error);
  }
}
