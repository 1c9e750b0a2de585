// The only file that talks to Elasticsearch's client: a time-out on every request, few retries, and errors that say
// nothing of what was sent. The server's own reasons quote it, so of its answers only status and type are kept.
import { Client, errors, type TransportRequestOptions } from '@elastic/elasticsearch';
import pRetry from 'p-retry';
import { Failure } from '../../domain/failure.ts';

export type Elastic = {
  /**
   * Sends one request. `what` is for the sentence of a failure: `the memories cannot be searched`. Fails with UNAVAILABLE
   * when the server is away, too slow, too busy or has lost an index, and with Refused (INTERNAL) else.
   */
  send<T>(what: string, request: Send<T>, options?: SendOptions): Promise<T>;
  close(): Promise<void>;
};

export type Send<T> = (client: Client, options: TransportRequestOptions) => Promise<T>;

export type SendOptions = {
  /** Of each attempt, in milliseconds. */
  timeout?: number;
  /** How often it is tried again when the server is away or too busy; 2 unless given. */
  retries?: number;
};

/** The server answered that it did not do it. */
export class Refused extends Failure {
  readonly status: number;
  /** Elasticsearch's name for the reason: `version_conflict_engine_exception`. */
  readonly type: string;

  constructor(what: string, status: number, type: string) {
    super(isUnavailable(status, type) ? 'UNAVAILABLE' : 'INTERNAL', `${what}: ${sentenceOf(status, type)}`);
    this.status = status;
    this.type = type;
  }
}

/** 404 is an index that is gone: a document that is not there is no error. 403 is a block, as of a full disk. */
const isUnavailable = (status: number, type: string): boolean =>
  [401, 403, 404, 408, 429].includes(status) || status >= 500 || type === CONFLICT;

const CONFLICT = 'version_conflict_engine_exception';
export const MISSING_INDEX = 'index_not_found_exception';

function sentenceOf(status: number, type: string): string {
  if (type === MISSING_INDEX) return 'an index is gone from Elasticsearch';
  if (type === 'cluster_block_exception') return 'Elasticsearch has made its indices read-only, as for a full disk';
  if (status === 401) return 'Elasticsearch does not accept the credentials';
  if (status === 429) return 'Elasticsearch has too much to do';
  return `Elasticsearch answered ${status} (${type})`;
}

const TIMEOUT = 10_000;
const FIRST_DELAY = 100;

export function connect(url: string, timeout: number = TIMEOUT): Elastic {
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: timeout });

  return {
    send(what, request, options = {}) {
      const attempt = async () => {
        try {
          return await request(client, { requestTimeout: options.timeout ?? timeout });
        } catch (error) {
          throw failureOf(what, error);
        }
      };
      const { retries = 2 } = options;
      const shouldRetry = ({ error }: { error: Error }) => isPassing(error);
      return pRetry(attempt, { retries, minTimeout: FIRST_DELAY, randomize: true, shouldRetry });
    },
    close: () => client.close(),
  };
}

/** The connection could not be made, or broke. */
class Unreachable extends Failure {}

/** It may well succeed a moment later. Who waited for the whole time-out has waited long enough. */
const isPassing = (error: Error): boolean =>
  error instanceof Unreachable || (error instanceof Refused && (error.status === 429 || error.status >= 502));

function failureOf(what: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  if (error instanceof errors.ResponseError) return new Refused(what, error.statusCode ?? 0, typeOf(error.body));
  if (error instanceof errors.TimeoutError)
    return new Failure('UNAVAILABLE', `${what}: Elasticsearch did not answer in time`);
  if (error instanceof errors.ElasticsearchClientError)
    return new Unreachable('UNAVAILABLE', `${what}: Elasticsearch cannot be reached`);
  return error;
}

function typeOf(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  if (typeof error !== 'object' || error === null || !('type' in error)) return 'unknown';
  return String(error.type).slice(0, 64);
}
