import { describe, expect, test } from 'vitest';
import { createQueryEmbedder } from '../../src/embedding/query-cache.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';

describe('the embedder of questions', () => {
  test('embeds a question once, however often it is asked', async () => {
    const embedder = createHashEmbedder();
    const embedQuery = createQueryEmbedder(embedder);
    const first = await embedQuery('who?');
    expect(await embedQuery('who?')).toEqual(first);
    expect(await embedQuery('when?')).not.toEqual(first);
    expect(embedder.texts()).toEqual(['who?', 'when?']);
  });

  test('embeds a question once that many ask at the same time', async () => {
    const embedder = createHashEmbedder();
    const embedQuery = createQueryEmbedder(embedder);
    await Promise.all(Array.from({ length: 20 }, () => embedQuery('who?')));
    expect(embedder.calls()).toBe(1);
  });

  test('does not keep a failure', async () => {
    const embedder = createHashEmbedder();
    const embedQuery = createQueryEmbedder(embedder);
    embedder.failWith(new Error('away'));
    await expect(embedQuery('who?')).rejects.toThrow('away');
    embedder.failWith(null);
    expect(await embedQuery('who?')).toHaveLength(384);
  });

  test('forgets the questions that were asked longest ago', async () => {
    const embedder = createHashEmbedder();
    const embedQuery = createQueryEmbedder(embedder, 2);
    for (const text of ['a', 'b', 'c', 'd', 'e', 'a']) await embedQuery(text);
    expect(embedder.texts()).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  });
});
