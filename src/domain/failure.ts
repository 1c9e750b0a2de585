// Every way in which Annals says no. A failure is one value; GraphQL maps it in one place (schema/errors.ts).

export const failureCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID_INPUT',
  'CONFLICT',
  'COMMAND_ID_REUSED',
  'INDEX_BEHIND',
  'RATE_LIMITED',
  'TOO_COMPLEX',
  'PAYLOAD_TOO_LARGE',
  'ERASED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** What a caller may be told beside the code and the sentence. */
export type FailureDetails = {
  /** The input at fault, as a dotted path: `input.content`, `input.0.metadata`. */
  field?: string;
  /** The limit that was passed, in the unit the message names. */
  limit?: number | string;
  /** For a CONFLICT over `expectedVersion`: the version the stream has. */
  version?: number;
  /** Seconds until it may be tried again with a chance. */
  retryAfter?: number;
};

export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }
}

export const failure = (code: FailureCode, message: string, details?: FailureDetails, options?: ErrorOptions) =>
  new Failure(code, message, details, options);
