// The specification of the port: what every embedder does.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';

export type EmbedderUnderTest = {
  embedder: Embedder;
  /** Ends what the embedder needs, after it was closed. */
  dispose?: () => Promise<void>;
};

const sentences = [
  'The user prefers Python',
  'Deploys are on Tuesday',
  'CSV files may begin with a BOM',
  'Tea, not coffee',
];

export function embedderConformance(name: string, open: () => Promise<EmbedderUnderTest>): void {
  describe(`${name} as an embedder`, () => {
    let embedder: Embedder;
    let dispose: EmbedderUnderTest['dispose'];
    beforeEach(async () => {
      ({ embedder, dispose } = await open());
    });
    afterEach(async () => {
      await embedder.close();
      await dispose?.();
    });

    test('says how it is called, how long its vectors are and how many texts it likes at once', () => {
      expect(embedder.model).toMatch(/\S/);
      expect(embedder.dimensions).toBeGreaterThan(0);
      expect(embedder.batch).toBeGreaterThan(0);
    });

    test('gives one vector a text, each of length 1', async () => {
      const vectors = await embedder.embed(sentences, 'passage');
      expect(vectors).toHaveLength(sentences.length);
      for (const vector of vectors) expectUnit(vector);
    });

    test('gives no vectors for no texts', async () => {
      expect(await embedder.embed([], 'passage')).toEqual([]);
    });

    test('gives the vectors in the order of the texts', async () => {
      const alone: Float32Array[] = [];
      for (const text of sentences) alone.push(...(await embedder.embed([text], 'passage')));
      expect(await embedder.embed(sentences, 'passage')).toEqual(alone);
      expect(await embedder.embed(sentences.toReversed(), 'passage')).toEqual(alone.toReversed());
    });

    test('gives the same text the same bits, whatever it is for and what comes with it', async () => {
      const [text = ''] = sentences;
      const [as] = await embedder.embed([text], 'query');
      expect(await embedder.embed([text, text], 'passage')).toEqual([as, as]);
    });

    test('puts texts that share their words nearer than texts that share none', async () => {
      const [question, near, far] = await embedder.embed(
        ['Does the user like Python?', 'The user prefers Python', 'Deploys are on Tuesday'],
        'query',
      );
      if (!question || !near || !far) throw new Error('a vector is missing');
      expect(dot(question, near)).toBeGreaterThan(dot(question, far));
    });

    test('takes empty, huge and broken texts', async () => {
      const odd = [
        '',
        '   ',
        '\ud800',
        'x\udfff',
        '\0',
        '🦔'.repeat(5000),
        'x'.repeat(100_000),
        'word '.repeat(20_000),
      ];
      const vectors = await embedder.embed(odd, 'passage');
      expect(vectors).toHaveLength(odd.length);
      for (const vector of vectors) expectUnit(vector);
    });

    test('serves many callers at once, each with its own', async () => {
      const calls = Array.from({ length: 12 }, (_, call) => [
        `caller ${call}`,
        sentences[call % sentences.length] ?? '',
      ]);
      const answers = await Promise.all(
        calls.map((texts, call) => embedder.embed(texts, call % 2 ? 'query' : 'passage')),
      );
      for (const [call, texts] of calls.entries())
        expect(await embedder.embed(texts, 'passage')).toEqual(answers[call]);
    });

    test('gives vectors that the caller owns', async () => {
      const [vector] = await embedder.embed(['mine'], 'passage');
      const copy = vector?.slice();
      vector?.fill(0);
      expect(await embedder.embed(['mine'], 'passage')).toEqual([copy]);
    });

    test('rejects as unavailable what waits when it is closed, and all that comes after', async () => {
      const waiting = Array.from({ length: 40 }, (_, i) => embedder.embed([`waits ${i} `.repeat(60)], 'passage'));
      const settled = Promise.allSettled(waiting);
      await embedder.close();
      const failed = (await settled).filter((result) => result.status === 'rejected');
      for (const { reason } of failed) expect(reason).toMatchObject({ name: 'Failure', code: 'UNAVAILABLE' });
      await expect(embedder.embed(['late'], 'query')).rejects.toMatchObject({ name: 'Failure', code: 'UNAVAILABLE' });
    });

    test('can be closed twice', async () => {
      await embedder.close();
      await embedder.close();
    });

    function expectUnit(vector: Float32Array): void {
      expect(vector).toBeInstanceOf(Float32Array);
      expect(vector).toHaveLength(embedder.dimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
  });
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
