// node:http on one side, exchanges on the other.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ReadBody } from './body.ts';
import type { Incoming, Outgoing } from './exchange.ts';

/**
 * How long the rest of a refused body is thrown away. Closing at once would reset the connection, and the client
 * would see that in place of the answer.
 */
const LINGER_MS = 2_000;

export function createListener(answer: (incoming: Incoming) => Promise<Outgoing>, readBody: ReadBody): RequestListener {
  return (request, response) => {
    void answer(incomingOf(request, response, readBody)).then((outgoing) => send(request, response, outgoing));
  };
}

function incomingOf(request: IncomingMessage, response: ServerResponse, readBody: ReadBody): Incoming {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    local: isLoopback(request.socket.remoteAddress),
    body: () => readBody(request),
    signal: () => {
      const controller = new AbortController();
      response.once('close', () => controller.abort());
      return controller.signal;
    },
  };
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));

async function send(request: IncomingMessage, response: ServerResponse, outgoing: Outgoing): Promise<void> {
  const { status, headers, body, dropped } = outgoing;
  if (!request.complete) lingerOver(request, response);
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  response.writeHead(status, headers).flushHeaders();
  const cut = () => response.destroy();
  dropped?.addEventListener('abort', cut);
  await pour(body, response).catch(cut);
  dropped?.removeEventListener('abort', cut);
}

/** Whoever reads slowly slows the source, which is asked for more when the socket has drained; whoever leaves ends it. */
async function pour(body: AsyncIterable<string | Uint8Array>, response: ServerResponse): Promise<void> {
  const parts = body[Symbol.asyncIterator]();
  let wake = () => {};
  response.on('drain', () => wake());
  response.once('close', () => {
    wake();
    void parts.return?.();
  });
  for (let part = await parts.next(); !part.done && !response.destroyed; part = await parts.next()) {
    if (response.write(part.value)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (response.destroyed) resolve();
    });
  }
  response.end();
}

function lingerOver(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
    request.once('close', () => clearTimeout(timer));
    request.resume();
  });
}
