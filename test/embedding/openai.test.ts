import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { type OpenAiSettings, openOpenAi } from '../../src/embedding/openai/openai.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.ts';

const SECRET_KEY = 'sk-very-secret';
const SECRET_TEXT = 'what nobody should read in a log';
const patience = { timeout: 5_000, retries: 2, delay: 1, longestDelay: 20 };

describe('an OpenAI-compatible endpoint', () => {
  let server: OpenAiServer;
  let opened: Embedder[];
  beforeEach(async () => {
    server = await startOpenAiServer();
    opened = [];
  });
  afterEach(async () => {
    for (const embedder of opened) await embedder.close();
    await server.close();
  });

  async function open(settings: Partial<OpenAiSettings> = {}): Promise<Embedder> {
    const embedder = await openOpenAi({ url: server.url, model: 'small', dimensions: 384, patience, ...settings });
    opened.push(embedder);
    return embedder;
  }

  /** What a caller, and a log with the error in it, gets to see. */
  async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string; told: string }> {
    const error = await work.then(
      () => expect.fail('it did not fail'),
      (error) => error,
    );
    const causes = (e: unknown): string =>
      e instanceof Error ? `${e.stack}\n${JSON.stringify(e)}\n${causes(e.cause)}` : '';
    return { code: error.code, message: error.message, told: causes(error) };
  }

  test.each(['', '/', '/v1', '/v1/', '/v1/embeddings'])('is found at an address that ends in "%s"', async (path) => {
    const embedder = await open({ url: server.url + path });
    await embedder.embed(['text'], 'passage');
    expect(server.requests[0]?.path).toBe('/v1/embeddings');
  });

  test('is asked with the model and, if there is one, the key', async () => {
    await (await open({ apiKey: SECRET_KEY })).embed(['text'], 'passage');
    await (await open()).embed(['text'], 'passage');
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${SECRET_KEY}`, undefined]);
    expect(server.requests[0]?.body).toEqual({ model: 'small', input: ['text'], encoding_format: 'float' });
  });

  test('gets at most 64 texts and 100,000 characters in one request', async () => {
    const embedder = await open();
    expect(
      await embedder.embed(
        Array.from({ length: 150 }, (_, i) => `${i}`),
        'passage',
      ),
    ).toHaveLength(150);
    expect(server.requests.map(({ body }) => body.input.length).toSorted()).toEqual([22, 64, 64]);
    await embedder.embed(
      Array.from({ length: 30 }, () => 'x'.repeat(7000)),
      'passage',
    );
    expect(server.requests.slice(3).map(({ body }) => body.input.length)).toEqual([14, 14, 2]);
  });

  test('gets at most four requests with passages at once, and questions beside them', async () => {
    const embedder = await open();
    server.always({ delay: Infinity });
    const passages = embedder.embed(
      Array.from({ length: 64 * 6 }, () => 'passage'),
      'passage',
    );
    await vi.waitFor(() => expect(server.open()).toBe(4));
    server.always({});
    expect(await embedder.embed(['question'], 'query')).toHaveLength(1);
    expect(server.requests).toHaveLength(5);
    await embedder.close();
    await expect(passages).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('may answer in any order', async () => {
    server.always({ reversed: true });
    const [, second] = await (await open()).embed(['one', 'two'], 'passage');
    expect(second).toEqual(hashVector('two', 384));
  });

  test('is asked how long its vectors are when that is not set', async () => {
    server.always({ dimensions: 12 });
    const embedder = await openOpenAi({ url: server.url, model: 'small', patience });
    opened.push(embedder);
    expect(embedder).toMatchObject({ dimensions: 12, model: 'small/12' });
  });

  test('is asked for shorter vectors only when its own are longer than set', async () => {
    const embedder = await open({ dimensions: 128 });
    const [[vector], [again]] = [await embedder.embed(['one'], 'query'), await embedder.embed(['two'], 'query')];
    expect([vector?.length, again?.length]).toEqual([128, 128]);
    expect(server.requests.map(({ body }) => body.dimensions)).toEqual([undefined, 128, 128]);
  });

  test.each([12, 400])('is not believed when it gives %i dimensions in place of the set ones', async (dimensions) => {
    server.always({ dimensions });
    const failure = await failureOf((await open()).embed(['text'], 'passage'));
    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: `the embedding endpoint gives ${dimensions} dimensions, not 384`,
    });
  });

  test.each([
    ['too many requests', { status: 429 }],
    ['an error of the server', { status: 503 }],
    ['a connection cut before the answer', { drop: 'before' }],
    ['a connection cut within the answer', { drop: 'within' }],
    ['something that is no JSON', { body: '<html>' }],
    ['something that is no embedding', { body: '{"data":[{"index":0}]}' }],
    ['an answer for fewer texts', { short: true }],
  ] as const)('is asked again after %s', async (_, behaviour) => {
    server.next(behaviour, behaviour);
    expect(await (await open()).embed(['one', 'two'], 'passage')).toHaveLength(2);
    expect(server.requests).toHaveLength(3);
  });

  test('is asked again when it does not answer in time', async () => {
    server.next({ delay: Infinity });
    const embedder = await open({ patience: { ...patience, timeout: 100 } });
    expect(await embedder.embed(['text'], 'query')).toHaveLength(1);
  });

  test('is unavailable when it fails more often than it is asked again', async () => {
    server.always({ status: 500 });
    const failure = await failureOf((await open()).embed(['text'], 'passage'));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: 'the embedding endpoint answered with status 500' });
    expect(server.requests).toHaveLength(3);
  });

  test('is not waited for longer than a bound, whatever it asks', async () => {
    server.next({ status: 429, headers: { 'retry-after': '999999' } });
    server.next({ status: 503, headers: { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' } });
    expect(await (await open()).embed(['text'], 'passage')).toHaveLength(1);
  });

  test.each([400, 413, 422])('is not asked again when it refuses a text with status %i', async (status) => {
    server.always({ status });
    expect(await failureOf((await open()).embed(['text'], 'passage'))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(server.requests).toHaveLength(1);
  });

  test.each([401, 403, 404])(
    'is unavailable, and not asked again, when the settings are wrong: status %i',
    async (status) => {
      server.always({ status });
      expect(await failureOf((await open()).embed(['text'], 'passage'))).toMatchObject({ code: 'UNAVAILABLE' });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('is unavailable when nobody listens', async () => {
    const embedder = await open({ apiKey: SECRET_KEY });
    await server.close();
    const failure = await failureOf(embedder.embed([SECRET_TEXT], 'query'));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: 'the embedding endpoint cannot be reached' });
  });

  test.each([
    ['an error that quotes the request', { status: 400, body: `{"error":"${SECRET_KEY} ${SECRET_TEXT}"}` }],
    ['text that is no JSON', { body: `${SECRET_KEY} ${SECRET_TEXT}` }],
    ['a wrong shape', { body: JSON.stringify({ data: SECRET_TEXT, [SECRET_KEY]: 1 }) }],
    ['a cut connection', { drop: 'within' }],
    ['a vector of zeros', { body: '{"data":[{"index":0,"embedding":[0,0,0]}]}', dimensions: 3 }],
  ] as const)('shows neither key nor text in a failure: %s', async (_, behaviour) => {
    server.always(behaviour);
    const { told } = await failureOf(
      (await open({ apiKey: SECRET_KEY, dimensions: 3 })).embed([SECRET_TEXT], 'passage'),
    );
    expect(told).not.toContain(SECRET_KEY);
    expect(told).not.toContain(SECRET_TEXT);
  });

  test('refuses a key that no header can hold without quoting it', async () => {
    const { told } = await failureOf(open({ apiKey: 'sk-\nsecret' }));
    expect(told).not.toContain('sk-');
    expect(told).toContain('holds a blank');
  });

  test('refuses an address with a password in it without quoting it', async () => {
    const { told } = await failureOf(open({ url: 'http://me:hunter2@127.0.0.1:1' }));
    expect(told).not.toContain('hunter2');
  });

  test('is waited for as long as it asks, but let go at once when the embedder is closed', async () => {
    server.always({ status: 503, headers: { 'retry-after': '60' } });
    const embedder = await open({ patience: { ...patience, longestDelay: 60_000 } });
    const waiting = failureOf(embedder.embed(['text'], 'passage'));
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    await embedder.close();
    expect(await waiting).toMatchObject({ code: 'UNAVAILABLE', message: 'the embedder is closed' });
  });
});
