// A subscriber over server-sent events, in the process or over a socket: it reads when it is asked to, and not before.
import type { Answer, TestApp, Who } from './app.ts';

export type Subscriber = {
  status: number;
  /** The next payload; null when the server completed the subscription. */
  next(): Promise<Answer | null>;
  /** The next notices, as the root field gives them, heartbeats left out. */
  take(count: number): Promise<Notice[]>;
  /** What is there up to and with the first notice for which it holds. */
  until(holds: (notice: Notice) => boolean): Promise<Notice[]>;
  /** Leaves without a word. */
  leave(): Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: a test reads into a notice as deep as its question went
export type Notice = any;

export async function subscribe(
  server: Pick<TestApp, 'request'>,
  who: Who,
  query: string,
  variables: object = {},
): Promise<Subscriber> {
  const leaving = new AbortController();
  const response = await server.request(who, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
    signal: leaving.signal,
  });
  return subscriberOf(response, () => leaving.abort());
}

export function subscriberOf(response: Response, leave: () => void): Subscriber {
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';

  async function frame(): Promise<string | null> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      text += value;
    }
  }

  async function next(): Promise<Answer | null> {
    const found = await frame();
    if (found === null) throw new Error('the stream was cut off');
    const [, event, data] = /^event: (\w+)\ndata:(.*)$/s.exec(found) ?? [];
    if (event === 'complete') return null;
    if (event !== 'next') throw new Error(`no event of GraphQL: ${found}`);
    return JSON.parse(data ?? '');
  }

  async function notice(): Promise<Notice> {
    for (;;) {
      const answer = await next();
      if (answer?.errors !== undefined || answer === null) throw new Error(JSON.stringify(answer));
      const [found] = Object.values<Notice>(answer.data);
      if (found.__typename !== 'Heartbeat') return found;
    }
  }

  return {
    status: response.status,
    next,
    async take(count) {
      const notices: Notice[] = [];
      while (notices.length < count) notices.push(await notice());
      return notices;
    },
    async until(holds) {
      const notices: Notice[] = [];
      for (;;) {
        const one = await notice();
        notices.push(one);
        if (holds(one)) return notices;
      }
    },
    async leave() {
      leave();
      await reader.cancel().catch(() => undefined);
    },
  };
}
