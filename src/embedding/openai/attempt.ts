// One request to an OpenAI-compatible endpoint. What goes wrong is told without the texts, the key or the answer's body.
import { z } from 'zod';

export type Endpoint = { url: URL; model: string; apiKey: string | null };

/** A request that failed, and what that says about trying again. */
export class AttemptError extends Error {
  /** `later`: the same request may work; `texts`: these texts are refused; `never`: the settings are wrong. */
  readonly retry: 'later' | 'texts' | 'never';
  /** Milliseconds the endpoint asks to wait. */
  readonly wait: number;

  constructor(message: string, retry: AttemptError['retry'], wait = 0, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AttemptError';
    this.retry = retry;
    this.wait = wait;
  }
}

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()).min(1) })),
});

/** 64 vectors of 8,192 dimensions, as text. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Embeds the texts as they are; `dimensions` is sent only if not null, as many models take none. */
export async function attempt(
  { url, model, apiKey }: Endpoint,
  texts: readonly string[],
  dimensions: number | null,
  signal: AbortSignal,
): Promise<number[][]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify({
      model,
      input: texts,
      encoding_format: 'float',
      ...(dimensions === null ? {} : { dimensions }),
    }),
    signal,
  }).catch((error: unknown) => {
    throw notReached(error);
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw refusalOf(response);
  }
  const answer = answerSchema.safeParse(await readJson(response));
  if (!answer.success)
    throw new AttemptError('the embedding endpoint answered something else than embeddings', 'later');
  return inOrder(answer.data.data, texts.length);
}

/** Answers may come in any order; `index` says to which text each belongs. */
function inOrder(answers: readonly { index: number; embedding: number[] }[], count: number): number[][] {
  const byIndex = new Map(answers.map(({ index, embedding }) => [index, embedding]));
  return Array.from({ length: count }, (_, index) => {
    const embedding = byIndex.get(index);
    if (!embedding) throw new AttemptError('the embedding endpoint did not answer for every text', 'later');
    return embedding;
  });
}

function refusalOf({ status, headers }: Response): AttemptError {
  const message = `the embedding endpoint answered with status ${status}`;
  if (status === 429 || status === 408 || status >= 500)
    return new AttemptError(message, 'later', waitOf(headers.get('retry-after')));
  return new AttemptError(message, status === 400 || status === 413 || status === 422 ? 'texts' : 'never');
}

/** Retry-After: seconds, or a date (RFC 9110, 10.2.3). */
function waitOf(value: string | null): number {
  if (value === null) return 0;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES)
        throw new AttemptError(`the embedding endpoint answered with over ${MOST_BYTES} bytes`, 'later');
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof AttemptError) throw error;
    // A parser's message quotes what it read.
    if (error instanceof SyntaxError)
      throw new AttemptError('the embedding endpoint did not answer with JSON', 'later');
    throw notReached(error);
  }
}

const notReached = (cause: unknown): AttemptError =>
  cause instanceof Error && cause.name === 'TimeoutError'
    ? new AttemptError('the embedding endpoint did not answer in time', 'later')
    : new AttemptError('the embedding endpoint cannot be reached', 'later', 0, { cause });
