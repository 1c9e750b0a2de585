// Commands through a server's API. Every command has an id, or is the same when it is sent twice: whatever gets no
// answer is sent again.
import pRetry from 'p-retry';
import * as z from 'zod';
import { type Failure, failure, failureCodes } from '../domain/failure.ts';
import type { MemoryTarget } from './memory-target.ts';

export type Server = { url: string; key: string };

const MOST_RETRIES = 6;
const FIRST_RETRY_MS = 250;
const ANSWER_MS = 60_000;

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.enum(failureCodes) }).optional() }))
    .optional(),
});

const recorded = z.object({ id: z.string(), createdAt: z.string() });
const recordedMany = z.object({ recordMemories: z.object({ memories: z.array(recorded) }) });
const reflected = z.object({ recordReflection: z.object({ memory: recorded }) });

const documents = {
  record: 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { memories { id createdAt } } }',
  reflect: 'mutation ($input: RecordReflectionInput!) { recordReflection(input: $input) { memory { id createdAt } } }',
  vote: 'mutation ($input: VoteInput!) { vote(input: $input) { position } }',
  deprecate: 'mutation ($input: DeprecateMemoryInput!) { deprecateMemory(input: $input) { position } }',
};

export function openOverHttp({ url, key }: Server): MemoryTarget {
  async function once(agent: string, query: string, input: object): Promise<unknown> {
    const response = await reach(url, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'x-annals-agent': agent },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { success, data: answer } = answerSchema.safeParse(await response.json().catch(() => null));
    if (!success) throw failure('UNAVAILABLE', `${url} answered with HTTP ${response.status}, and not as Annals does`);
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw failure(error.extensions?.code ?? 'INVALID_INPUT', error.message);
    return answer.data;
  }
  const ask = (agent: string, query: string, input: object) =>
    pRetry(() => once(agent, query, input), {
      retries: MOST_RETRIES,
      minTimeout: FIRST_RETRY_MS,
      shouldRetry: ({ error }) => isPassing(error),
    });

  return {
    now: async () => {
      const { headers } = await reach(url, '/health', {});
      return new Date(headers.get('date') ?? Date.now()).toISOString();
    },
    record: async (agent, input) =>
      recordedMany.parse(await ask(agent, documents.record, input)).recordMemories.memories,
    reflect: async (agent, input) =>
      reflected.parse(await ask(agent, documents.reflect, input)).recordReflection.memory,
    vote: async (agent, input) => {
      await ask(agent, documents.vote, input);
    },
    deprecate: async (agent, input) => {
      await ask(agent, documents.deprecate, input);
    },
    close: () => undefined,
  };
}

async function reach(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (cause) {
    throw failure('UNAVAILABLE', `no answer from ${url}; is the server running?`, {}, { cause });
  }
}

const isPassing = (error: Error): boolean =>
  'code' in error && ['UNAVAILABLE', 'INDEX_BEHIND', 'RATE_LIMITED'].includes((error as Failure).code);
