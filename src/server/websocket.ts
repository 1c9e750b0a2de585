// GraphQL over WebSocket, in the graphql-transport-ws protocol, on the path of everything else. The key and the agent
// come in the payload of connection_init, as browsers can, or in the headers of the upgrade.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { buildSchema, type ExecutionResult, parse } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { toGraphQLError } from '../../schema/errors.ts';
import type { Caller } from '../access/caller.ts';
import { Failure, type FailureCode, failure } from '../domain/failure.ts';
import { MAX_BODY_BYTES } from './body.ts';
import type { Credentials } from './callers.ts';
import type { Graphql } from './graphql.ts';
import { checkRequest } from './graphql-request.ts';
import { agentOf, badCorrelationId, bearerOf, correlationIdOf } from './headers.ts';
import type { Logger } from './logger.ts';
import { isStream, type Payloads } from './subscriptions.ts';

export type WebSockets = {
  /** For node:http's `upgrade`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts all connections. */
  drop(): void;
};

export type WebSocketParts = {
  /** Who asks, if it may ask now; to `work`, which counts as a running request. */
  asCaller: <T>(credentials: Credentials, work: (caller: Caller) => Promise<T>) => Promise<T>;
  run: Graphql['run'];
  logger: Logger;
};

const PATH = '/graphql';
/** Milliseconds until the system looks whether anybody is at the other end of a silent connection. */
const KEEP_ALIVE = 30_000;

export function createWebSockets({ asCaller, run, logger }: WebSocketParts): WebSockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });

  const protocol = makeServer<Record<string, unknown>, { credentials: () => Credentials }>({
    async onConnect({ extra, connectionParams }) {
      const { credentials } = extra;
      extra.credentials = () => withParameters(credentials(), connectionParams);
      await asCaller(extra.credentials(), async () => undefined);
    },
    // graphql-ws would execute what this gives it. The request is run here, as one over HTTP, and its result handed on.
    async onSubscribe({ extra }, _id, message) {
      const credentials = extra.credentials();
      try {
        const result = await asCaller(credentials, (caller) => run(checkRequest(message), caller));
        if (!isStream(result) && !('data' in result)) return result.errors ?? [];
        return { ...NOTHING, rootValue: isStream(result) ? resultsOf(result) : result };
      } catch (error) {
        return [toGraphQLError(error, credentials.correlationId)];
      }
    },
    execute: ({ rootValue }) => rootValue as ExecutionResult | AsyncIterable<ExecutionResult>,
  });

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Resolves when the system has taken it: a slow reader is sent the next result when it has read this one.
        send: (data) =>
          new Promise((resolve, reject) => socket.send(data, (error) => (error ? reject(error) : resolve()))),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data: RawData) => {
            take(String(data)).catch((error: unknown) => fail(socket, error));
          }),
      },
      { credentials: () => credentialsOf(request) },
    );
    socket.on('error', (err) => logger.debug({ err }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((err: unknown) => logger.error({ err }, 'a WebSocket did not end well'));
    });
  });

  function fail(socket: WebSocket, error: unknown): void {
    if (socket.readyState !== socket.OPEN) return;
    if (!(error instanceof Failure)) logger.error({ err: error }, 'unexpected failure');
    const { code, message } = error instanceof Failure ? error : failure('INTERNAL', 'something went wrong here');
    // A reason has 123 bytes at most.
    socket.close(closeCodes[code] ?? CloseCode.InternalServerError, message.slice(0, 100));
  }

  return {
    upgrade(request, socket, head) {
      if (new URL(request.url ?? '/', 'http://annals').pathname !== PATH) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      if ('setKeepAlive' in socket && typeof socket.setKeepAlive === 'function') socket.setKeepAlive(true, KEEP_ALIVE);
      sockets.handleUpgrade(request, socket, head, (open) => sockets.emit('connection', open, request));
    },
    drop() {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

const closeCodes: Partial<Record<FailureCode, number>> = {
  UNAUTHENTICATED: CloseCode.Unauthorized,
  FORBIDDEN: CloseCode.Forbidden,
  INVALID_INPUT: CloseCode.BadRequest,
  RATE_LIMITED: 4429,
  // Try again later.
  UNAVAILABLE: 1013,
};

/** What graphql-ws is told to execute in place of the request. */
const NOTHING = { schema: buildSchema('type Query { nothing: Int }'), document: parse('{ nothing }') };

function resultsOf(payloads: Payloads): AsyncIterableIterator<ExecutionResult> {
  const resultOf = ({ done, value }: Awaited<ReturnType<Payloads['next']>>): IteratorResult<ExecutionResult> =>
    done ? { done, value } : { done: false, value: value.result };
  return {
    next: async () => resultOf(await payloads.next()),
    return: async () => resultOf(await payloads.return()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type Headers = Parameters<typeof bearerOf>[0];

function readCredentials(headers: Headers): Credentials {
  const { correlationId, valid } = correlationIdOf(headers);
  if (!valid) throw badCorrelationId();
  return { secret: bearerOf(headers), agent: agentOf(headers), correlationId };
}

const credentialsOf = ({ headers }: IncomingMessage): Credentials =>
  readCredentials({
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  });

const parameters = z.record(z.string(), z.unknown());

/** Those that connection_init names stand before the headers. */
function withParameters(given: Credentials, payload: unknown): Credentials {
  const named = Object.entries(parameters.safeParse(payload).data ?? {});
  const text = new Map(named.map(([name, value]) => [name.toLowerCase(), String(value)]));
  const { secret, agent, correlationId } = readCredentials({ header: (name) => text.get(name) });
  return {
    secret: text.has('authorization') ? secret : given.secret,
    agent: text.has('x-annals-agent') ? agent : given.agent,
    correlationId: text.has('x-correlation-id') ? correlationId : given.correlationId,
  };
}
