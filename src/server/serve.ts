// The socket: listening, its limits, and its end.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failure } from '../domain/failure.ts';
import type { App } from './app.ts';

const SWEEP_MS = 50;

export type Listening = {
  /** With the port that was picked. */
  url: string;
  /** Stops accepting, lets running requests finish for at most so long, then closes what is left. */
  close(milliseconds: number): Promise<void>;
};

export async function serve(app: App, host: string, port: number): Promise<Listening> {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
    },
    app.handle,
  );
  server.on('upgrade', app.upgrade);
  server.maxConnections = 10_000;
  await new Promise<void>((resolve, reject) => {
    server
      .once('error', (error) => reject(inWords(error, host, port)))
      .listen({ host, port, backlog: 1024 }, () => {
        server.removeAllListeners('error');
        resolve();
      });
  });

  return {
    url: urlOf(server.address()),
    close: async (milliseconds) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection whose answer had begun before the end was known is kept alive by its client: it is idle only later.
      const sweeping = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const tooLate = setTimeout(() => server.closeAllConnections(), milliseconds);
      await closed;
      clearInterval(sweeping);
      clearTimeout(tooLate);
    },
  };
}

const faults: Record<string, string> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'is not for this user to listen on',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no address of this machine',
};

function inWords(error: Error, host: string, port: number): Error {
  const fault = 'code' in error && typeof error.code === 'string' ? faults[error.code] : undefined;
  if (fault === undefined) return error;
  return failure('INVALID_INPUT', `PORT: ${host}:${port} ${fault}; choose another with PORT or HOST, or PORT=0`, {
    field: 'PORT',
  });
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
