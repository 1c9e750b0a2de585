// An OpenAI-compatible embedding endpoint on 127.0.0.1, that can be told to misbehave.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { hashVector } from './hash-embedder.ts';

/** How one request is answered; all that is left out is done right. */
export type Behaviour = {
  /** Milliseconds before it answers; Infinity: never. */
  delay?: number;
  status?: number;
  headers?: Record<string, string>;
  /** Cut the connection: before any answer, or in the middle of it. */
  drop?: 'before' | 'within';
  /** This body, whatever was asked. */
  body?: string;
  dimensions?: number;
  /** The embeddings last to first. */
  reversed?: boolean;
  /** The last embedding is left out. */
  short?: boolean;
};

export type SeenRequest = { path: string; authorization: string | undefined; body: z.infer<typeof bodySchema> };

export type OpenAiServer = {
  url: string;
  requests: readonly SeenRequest[];
  /** Requests that are being answered. */
  open(): number;
  /** For the next requests, one each; after them comes `always`. */
  next(...behaviours: Behaviour[]): void;
  always(behaviour: Behaviour | ((request: SeenRequest) => Behaviour)): void;
  close(): Promise<void>;
};

const bodySchema = z.object({
  model: z.string(),
  input: z.array(z.string()),
  encoding_format: z.literal('float'),
  dimensions: z.int().optional(),
});

const NATIVE_DIMENSIONS = 384;

export async function startOpenAiServer(): Promise<OpenAiServer> {
  const requests: SeenRequest[] = [];
  const queue: Behaviour[] = [];
  let usual: Behaviour | ((request: SeenRequest) => Behaviour) = {};
  let open = 0;

  const server = createServer((request, response) => {
    open++;
    response.on('close', () => open--);
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = bodySchema.parse(JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')));
    const seen = { path: request.url ?? '', authorization: request.headers.authorization, body };
    requests.push(seen);
    const behaviour = queue.shift() ?? (typeof usual === 'function' ? usual(seen) : usual);
    if (behaviour.delay === Infinity) return;
    if (behaviour.delay) await sleep(behaviour.delay);
    if (behaviour.drop === 'before') return void response.destroy();
    const text = behaviour.body ?? JSON.stringify(embeddings(body, behaviour));
    response.writeHead(behaviour.status ?? 200, { 'content-type': 'application/json', ...behaviour.headers });
    if (behaviour.drop === 'within') response.write(text.slice(0, text.length / 2), () => response.destroy());
    else response.end(text);
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    open: () => open,
    next: (...behaviours) => void queue.push(...behaviours),
    always(behaviour) {
      usual = behaviour;
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await server[Symbol.asyncDispose]();
    },
  };
}

function embeddings(body: SeenRequest['body'], { dimensions, reversed, short }: Behaviour) {
  const length = dimensions ?? body.dimensions ?? NATIVE_DIMENSIONS;
  // Twice as long as a vector should be: the adapter has to scale it.
  const data = body.input.map((text, index) => {
    return { object: 'embedding', index, embedding: Array.from(hashVector(text, length), (value) => 2 * value) };
  });
  if (reversed) data.reverse();
  if (short) data.pop();
  return { object: 'list', model: body.model, data, usage: { prompt_tokens: 1, total_tokens: 1 } };
}
