// Asks a server as one of the agents, over HTTP, as any agent's program would.
import { z } from 'zod';

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** agent: null asks as the tenant's operator. Throws on any error in the answer. */
export type Ask = <T>(agent: string | null, query: string, variables: object, shape: z.ZodType<T>) => Promise<T>;

export const createAsk =
  (url: string, key: string): Ask =>
  async (agent, query, variables, shape) => {
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        ...(agent === null ? {} : { 'x-annals-agent': agent }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = answerSchema.parse(await response.json());
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
    return shape.parse(data);
  };
