// A subscriber on a socket of its own, which reads when it is told to and stops when it is told to.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Notice } from './subscribe.ts';

export type SocketSubscriber = {
  status: number;
  /** Notices that came so far, heartbeats left out. */
  notices: Notice[];
  /** Resolves when so many came. */
  came(count: number): Promise<void>;
  pause(): void;
  resume(): void;
  /** Resolves when the connection ended: whether the server completed the subscription before. */
  ended: Promise<{ completed: boolean; errors: string[] }>;
  leave(): void;
};

export async function subscribeOverSocket(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: object = {},
): Promise<SocketSubscriber> {
  const client = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
  });
  client.end(JSON.stringify({ query, variables }));
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    client.once('response', resolve).once('error', reject),
  );
  return follow(client, response);
}

function follow(client: ClientRequest, response: IncomingMessage): SocketSubscriber {
  const notices: Notice[] = [];
  const errors: string[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  let completed = false;
  let text = '';

  const take = (frame: string) => {
    if (frame.startsWith('event: complete')) completed = true;
    if (!frame.startsWith('event: next')) return;
    const answer = JSON.parse(frame.slice(frame.indexOf('data:') + 5));
    if (answer.errors !== undefined) errors.push(answer.errors[0].extensions.code);
    const [notice] = Object.values<Notice>(answer.data ?? {});
    if (notice !== undefined && notice.__typename !== 'Heartbeat') notices.push(notice);
  };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const frames = (text + chunk).split('\n\n');
    text = frames.pop() ?? '';
    frames.forEach(take);
    for (const one of waiting)
      if (notices.length >= one.count) {
        waiting.delete(one);
        one.resolve();
      }
  });
  const ended = new Promise<{ completed: boolean; errors: string[] }>((resolve) => {
    response.once('error', () => undefined).once('close', () => resolve({ completed, errors }));
  });
  client.on('error', () => undefined);

  return {
    status: response.statusCode ?? 0,
    notices,
    came: (count) =>
      new Promise((resolve) => {
        if (notices.length >= count) resolve();
        else waiting.add({ count, resolve });
      }),
    pause: () => response.pause(),
    resume: () => response.resume(),
    ended,
    leave: () => client.destroy(),
  };
}
