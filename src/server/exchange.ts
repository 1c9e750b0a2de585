// One request and its answer, apart from how they travel: a socket (listener.ts) or a call in the process (app.ts).
import { type Failure, type FailureCode, failure } from '../domain/failure.ts';

export type Incoming = {
  method: string;
  path: string;
  query: URLSearchParams;
  header(name: string): string | undefined;
  /** Whether it came from this machine, by the socket's own address. */
  local: boolean;
  /** The whole body as text; fails with PAYLOAD_TOO_LARGE, or INVALID_INPUT when it is not UTF-8. */
  body(): Promise<string>;
  /** Aborts when whoever asked has left. */
  signal(): AbortSignal;
};

export type Outgoing = {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  /** Aborts when the connection is to be cut off in the middle of the body. */
  dropped?: AbortSignal;
};

const statuses: Record<FailureCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID_INPUT: 400,
  CONFLICT: 409,
  COMMAND_ID_REUSED: 409,
  INDEX_BEHIND: 503,
  RATE_LIMITED: 429,
  TOO_COMPLEX: 400,
  PAYLOAD_TOO_LARGE: 413,
  ERASED: 410,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Outgoing => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

/** A refusal outside GraphQL's own, with a GraphQL error body, so that a client has one way to read errors. */
export function refusal(reason: Failure, headers: Record<string, string> = {}, status?: number): Outgoing {
  const { code, message, details } = reason;
  const challenge = code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="annals"' } : {};
  const later = details.retryAfter === undefined ? {} : { 'retry-after': String(details.retryAfter) };
  const body = { errors: [{ message, extensions: { code, ...details } }] };
  return json(status ?? statuses[code], body, { ...challenge, ...later, ...headers });
}

export const notFound = (): Outgoing => refusal(failure('NOT_FOUND', 'no such path; the API is at POST /graphql'));

export const methodNotAllowed = (allow: string): Outgoing =>
  refusal(failure('INVALID_INPUT', `this path answers ${allow} only`), { allow }, 405);
