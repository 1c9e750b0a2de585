// An embedder behind any OpenAI-compatible endpoint: OpenAI, Ollama, vLLM, llama.cpp, LiteLLM …
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { type Failure, failure } from '../../domain/failure.ts';
import type { Embedder, Purpose } from '../embedder.ts';
import { AttemptError, attempt, type Endpoint } from './attempt.ts';
import { batchesOf } from './batches.ts';
import { createGate } from './gate.ts';

export type OpenAiSettings = {
  /** Of the server, of its `/v1`, or of the `/v1/embeddings` itself. */
  url: string;
  model: string;
  apiKey?: string | null;
  /** Found out by asking once unless given; then the endpoint need not be there yet. */
  dimensions?: number;
  /** How patient to be, in milliseconds; for each purpose its own unless given. */
  patience?: Partial<Patience>;
};

export type Patience = {
  /** For one attempt. */
  timeout: number;
  retries: number;
  /** Before the first retry; doubled with each, and up to twice as long by chance. */
  delay: number;
  /** Longest wait before a retry, also when the endpoint asks for more. */
  longestDelay: number;
};

/** Somebody waits for a question; passages have time, and the pump comes back to them. */
const patience: Record<Purpose, Patience> = {
  query: { timeout: 5_000, retries: 1, delay: 100, longestDelay: 1_000 },
  passage: { timeout: 30_000, retries: 4, delay: 500, longestDelay: 15_000 },
};

const BATCH = 64;
const MOST_WAITING = 1000;

export async function openOpenAi(settings: OpenAiSettings): Promise<Embedder> {
  const endpoint: Endpoint = { url: addressOf(settings.url), model: settings.model, apiKey: keyOf(settings.apiKey) };
  const closing = new AbortController();
  // Questions have requests of their own, so none waits behind passages.
  const gates = { query: createGate(8, MOST_WAITING), passage: createGate(4, MOST_WAITING) };
  /** Whether to ask for vectors shorter than the model's own. */
  let shortened = false;

  async function request(texts: readonly string[], dimensions: number | null, timeout: number): Promise<number[][]> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeout)]);
    const asked = shortened;
    const vectors = await attempt(endpoint, texts, asked ? dimensions : null, signal);
    const lengths = new Set(vectors.map(({ length }) => length));
    const [length = 0] = lengths;
    if (dimensions === null || (lengths.size === 1 && length === dimensions)) return vectors;
    if (asked || length < dimensions)
      throw new AttemptError(`the embedding endpoint gives ${length} dimensions, not ${dimensions}`, 'never');
    shortened = true;
    return request(texts, dimensions, timeout);
  }

  async function embedBatch(
    texts: readonly string[],
    purpose: Purpose,
    dimensions: number | null,
  ): Promise<Float32Array[]> {
    const { timeout, retries, delay, longestDelay } = { ...patience[purpose], ...settings.patience };
    const { signal } = closing;
    try {
      const vectors = await pRetry(() => request(texts, dimensions, timeout), {
        retries,
        signal,
        minTimeout: delay,
        maxTimeout: longestDelay,
        randomize: true,
        shouldRetry: ({ error }) => error instanceof AttemptError && error.retry === 'later',
        async onFailedAttempt({ error, retryDelay, retriesLeft }) {
          const asked = error instanceof AttemptError && retriesLeft > 0 ? Math.min(error.wait, longestDelay) : 0;
          if (asked > retryDelay) await sleep(asked - retryDelay, undefined, { signal });
        },
      });
      return vectors.map(normalised);
    } catch (error) {
      throw signal.aborted ? failure('UNAVAILABLE', 'the embedder is closed') : failureOf(error);
    }
  }

  async function embed(texts: readonly string[], purpose: Purpose, dimensions: number | null): Promise<Float32Array[]> {
    if (closing.signal.aborted) throw failure('UNAVAILABLE', 'the embedder is closed');
    const work = batchesOf(texts).map((batch) => gates[purpose](() => embedBatch(batch, purpose, dimensions)));
    return (await Promise.all(work)).flat();
  }

  const dimensions = settings.dimensions ?? (await embed([' '], 'query', null))[0]?.length ?? 0;
  return {
    // One model can give vectors of several lengths.
    model: `${settings.model}/${dimensions}`,
    dimensions,
    batch: BATCH,
    embed: (texts, purpose) => embed(texts, purpose, dimensions),
    async close() {
      closing.abort();
    },
  };
}

/** Checked here, as `fetch` would quote what it cannot send. */
function keyOf(given: string | null | undefined): string | null {
  if (given && !/^[\x21-\x7e]+$/.test(given))
    throw new Error("the embedding endpoint's key holds a blank or a character outside ASCII");
  return given || null;
}

function addressOf(given: string): URL {
  const url = new URL(given);
  if (url.username || url.password)
    throw new Error("the embedding endpoint's address holds a user or password; only a key can be sent");
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/embeddings')) url.pathname = path;
  else url.pathname = path.endsWith('/v1') ? `${path}/embeddings` : `${path}/v1/embeddings`;
  return url;
}

function normalised(values: readonly number[]): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  if (!(length > 0 && length < Infinity))
    throw new AttemptError('the embedding endpoint gave a vector without a direction', 'later');
  return Float32Array.from(values, (value) => value / length);
}

/** A refused text is the caller's affair; all else means that there are no vectors to be had now. */
const failureOf = (cause: unknown): Failure => {
  const reason = cause instanceof AttemptError ? cause.message : 'the embedding endpoint failed';
  return failure(
    cause instanceof AttemptError && cause.retry === 'texts' ? 'INVALID_INPUT' : 'UNAVAILABLE',
    reason,
    {},
    { cause },
  );
};
