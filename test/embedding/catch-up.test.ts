import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { openOpenAi } from '../../src/embedding/openai/openai.ts';
import { createPump, type Pump } from '../../src/embedding/pump.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.ts';

let server: OpenAiServer;
let embedder: Embedder;
let pump: Pump;
let wanted: Map<string, string>;

beforeEach(async () => {
  server = await startOpenAiServer();
  const patience = { timeout: 5_000, retries: 1, delay: 1, longestDelay: 2 };
  embedder = await openOpenAi({ url: server.url, model: 'small', dimensions: 384, patience });
  wanted = new Map(Array.from({ length: 200 }, (_, i) => [`hash ${i}`, `text ${i}`]));
  const views = {
    wantedVectors: async (limit: number) => [...wanted].slice(0, limit).map(([hash, text]) => ({ hash, text })),
    putVectors: async (vectors: readonly { hash: string }[]) => vectors.forEach(({ hash }) => void wanted.delete(hash)),
  };
  pump = createPump(views, embedder, { firstDelay: 5, longestDelay: 10 });
});
afterEach(async () => {
  await pump.stop();
  await embedder.close();
  await server.close();
});

test('vectors catch up by themselves after the endpoint was away', async () => {
  server.always({ status: 503 });
  pump.start();
  await vi.waitFor(() => expect(pump.counts().failures).toBeGreaterThan(5));
  expect(wanted.size).toBe(200);
  server.always({});
  await vi.waitFor(() => expect(wanted.size).toBe(0));
});

test('a text that the endpoint refuses keeps no other from its vector', async () => {
  server.always(({ body }) => (body.input.includes('text 77') ? { status: 400 } : {}));
  pump.start();
  expect(await pump.idle(30_000)).toBe(true);
  expect([...wanted.values()]).toEqual(['text 77']);
  expect(pump.counts()).toEqual({ made: 199, waiting: 1, failures: 1 });
});

test('the pump stops at once while an endpoint does not answer', async () => {
  server.always({ delay: Infinity });
  pump.start();
  await vi.waitFor(() => expect(server.open()).toBeGreaterThan(0));
  await pump.stop();
  expect(server.open()).toBeGreaterThan(0);
});
