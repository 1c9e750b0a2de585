import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { openMiniLm } from '../../src/embedding/minilm/minilm.ts';
import { modelDirectory } from '../../src/embedding/minilm/package-file.ts';
import { loadTokenizer } from '../../src/embedding/minilm/tokenizer.ts';

const referenceSchema = z.object({
  sha256OfAllVectorsAsFloat32: z.string(),
  sentences: z.array(z.object({ text: z.string(), tokens: z.array(z.int()), vector: z.array(z.number()) })),
});
const reference = referenceSchema.parse(JSON.parse(await readFile(join(modelDirectory, 'reference.json'), 'utf8')));

describe('the built-in embedder', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await openMiniLm({ threads: 1 });
  });
  afterAll(() => embedder.close());

  test('gives the reference vectors of the reference sentences, bit for bit', async () => {
    const tokenizer = loadTokenizer();
    for (const { text, tokens } of reference.sentences) expect(tokenizer.encode(text, 256)).toEqual(tokens);
    const vectors = await embedder.embed(
      reference.sentences.map(({ text }) => text),
      'passage',
    );
    const hash = createHash('sha256');
    for (const vector of vectors) hash.update(vector);
    expect(hash.digest('hex')).toBe(reference.sha256OfAllVectorsAsFloat32);
  });

  test('gives a vector that does not depend on what was embedded before it', async () => {
    const [first] = await embedder.embed(['short'], 'query');
    await embedder.embed(['a much longer text '.repeat(200)], 'query');
    expect(await embedder.embed(['short'], 'query')).toEqual([first]);
  });

  test('reads 256 tokens and no more', async () => {
    const [read, longer] = await embedder.embed(
      ['word '.repeat(254), 'word '.repeat(254) + 'more '.repeat(9)],
      'passage',
    );
    const [shorter] = await embedder.embed(['word '.repeat(253)], 'passage');
    expect(longer).toEqual(read);
    expect(shorter).not.toEqual(read);
  });

  test('answers a question before the passages that were there first', async () => {
    const order: string[] = [];
    const passages = Promise.all(
      Array.from({ length: 20 }, () => embedder.embed(['a passage'], 'passage').then(() => order.push('passage'))),
    );
    await embedder.embed(['a question'], 'query').then(() => order.push('question'));
    await passages;
    expect(order.indexOf('question')).toBeLessThanOrEqual(1);
  });

  test('refuses more than it can keep waiting', async () => {
    const texts = Array.from({ length: 4200 }, () => '');
    const crowded = await openMiniLm({ threads: 1 });
    const attempt = crowded.embed(texts, 'passage');
    await expect(attempt).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { limit: 4096 } });
    await crowded.close();
  });
});

test('several threads share the weights and give the same bits', async () => {
  const [one, three] = await Promise.all([openMiniLm({ threads: 1 }), openMiniLm({ threads: 3 })]);
  const texts = Array.from({ length: 12 }, (_, i) => `text ${i} `.repeat(i + 1));
  expect(await three.embed(texts, 'passage')).toEqual(await one.embed(texts, 'passage'));
  await Promise.all([one.close(), three.close()]);
});

describe('weights that cannot be used', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'annals-weights-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('are named when they are not there', async () => {
    await expect(openMiniLm({ directory })).rejects.toThrow(`cannot be read: ${directory}`);
  });

  test('are named when a byte of them is wrong', async () => {
    const file = await readFile(join(modelDirectory, 'model.safetensors'));
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    await writeFile(join(directory, 'model.safetensors'), file);
    await cp(join(modelDirectory, 'vocab.txt'), join(directory, 'vocab.txt'));
    await expect(openMiniLm({ directory })).rejects.toThrow(/damaged or of another model.*SHA-256/);
  });
});
