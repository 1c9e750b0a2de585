// The server without a socket: what tests call, and whoever embeds Annals in their own program.
import { MAX_BODY_BYTES, textOf, tooLarge } from './body.ts';
import type { Incoming, Outgoing } from './exchange.ts';

export type Fetch = (request: Request) => Promise<Response>;

export function createFetch(answer: (incoming: Incoming) => Promise<Outgoing>): Fetch {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const { status, headers, body, dropped } = await answer({
      method: request.method,
      path: pathname,
      query: searchParams,
      header: (name) => request.headers.get(name) ?? undefined,
      local: true,
      body: async () => {
        const bytes = Buffer.from(await request.arrayBuffer());
        if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
        return textOf(bytes);
      },
      signal: () => request.signal,
    });
    return new Response(typeof body === 'string' ? body : streamOf(body, dropped), { status, headers });
  };
}

const streamOf = (body: Exclude<Outgoing['body'], string>, dropped: AbortSignal | undefined): BodyInit => {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  const parts = body[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      dropped?.addEventListener('abort', () => {
        controller.error(new Error('the server drops the connection'));
        void parts.return?.();
      });
    },
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
    },
    async cancel() {
      await parts.return?.();
    },
  });
};
