// Asks a server as one of the agents, over HTTP, as any agent's program would.
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** agent: null asks as the tenant's operator. Throws on any error in the answer. */
export type Ask = <T>(agent: string | null, query: string, variables: object, shape: z.ZodType<T>) => Promise<T>;

/** The first answer of a subscription that has the shape; the stream ends with it. */
export type Await = <T>(agent: string, subscription: string, variables: object, shape: z.ZodType<T>) => Promise<T>;

export type Client = { ask: Ask; first: Await };

export function createClient(url: string, key: string): Client {
  const post = (agent: string | null, accept: string, query: string, variables: object, signal?: AbortSignal) =>
    fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: {
        accept,
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        ...(agent === null ? {} : { 'x-annals-agent': agent }),
      },
      body: JSON.stringify({ query, variables }),
      ...(signal === undefined ? {} : { signal }),
    });

  return {
    async ask(agent, query, variables, shape) {
      const response = await post(agent, 'application/json', query, variables);
      return shape.parse(dataOf(await response.json()));
    },

    async first(agent, subscription, variables, shape) {
      const leaving = new AbortController();
      const { body } = await post(agent, 'text/event-stream', subscription, variables, leaving.signal);
      if (body === null) throw new Error('the server sent no stream');
      const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const { data } of events) {
        const answer = shape.safeParse(dataOf(JSON.parse(data)));
        if (!answer.success) continue;
        leaving.abort();
        return answer.data;
      }
      throw new Error('the stream ended before what was awaited');
    },
  };
}

function dataOf(json: unknown): unknown {
  const { data, errors } = answerSchema.parse(json);
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
}
