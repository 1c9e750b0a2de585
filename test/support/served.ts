// A server of a test on a socket, and subscribers to it.
import { type Listening, serve } from '../../src/server/serve.ts';
import { startTestApp, type TestApp, type TestAppOptions } from './app.ts';
import { type SocketSubscriber, subscribeOverSocket } from './sse-socket.ts';

export type Served = TestApp & {
  url: string;
  listening: Listening;
  /** As an agent, with the tenant's key unless another is given. */
  follow(agent: string | null, query: string, variables?: object, key?: string): Promise<SocketSubscriber>;
};

export async function startServed(options: TestAppOptions = {}): Promise<Served> {
  const server = await startTestApp(options);
  const listening = await serve(server.app, '127.0.0.1', 0);
  const open: SocketSubscriber[] = [];
  return {
    ...server,
    url: listening.url,
    listening,
    async follow(agent, query, variables, key = server.tenantKey) {
      const headers = { authorization: `Bearer ${key}`, ...(agent !== null && { 'x-annals-agent': agent }) };
      const subscriber = await subscribeOverSocket(listening.url, headers, query, variables);
      open.push(subscriber);
      return subscriber;
    },
    async close() {
      for (const subscriber of open) subscriber.leave();
      server.app.stopAccepting();
      await listening.close(1_000);
      await server.close();
    },
  };
}
