import { expect, test, vi } from 'vitest';
import { withKeptVectors } from '../../src/profiles/kept-vectors.ts';
import { aMemory, analyse, at, putMemory } from '../support/fixtures.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { openNaiveViews } from '../support/naive-views.ts';

test('only what is kept nowhere is wanted, and nothing is asked for twice', async () => {
  const kept = new Map<string, Float32Array>();
  const find = vi.fn(async (hashes: readonly string[]) => new Map([...kept].filter(([hash]) => hashes.includes(hash))));
  const views = withKeptVectors(openNaiveViews({ analyse }), find);
  const contents = ['kept one', 'kept two', 'new one', 'new two', 'new three'];
  const changes = contents.map((content, index) => putMemory(at(index + 1), aMemory(`m${index}`, { content })));
  await views.apply(changes, at(contents.length));
  for (const content of contents.slice(0, 2)) {
    const [passage] = analyse(aMemory('any', { content })).passages;
    kept.set(passage?.hash ?? '', hashVector(content, 64));
  }

  const wanted = await views.wantedVectors(2);
  expect(wanted.map(({ text }) => text)).toHaveLength(2);
  expect((await views.wantedVectors(10)).map(({ text }) => text)).toEqual(
    contents.slice(2).map((content) => expect.stringContaining(content)),
  );
  expect(await views.statistics()).toMatchObject({ vectorsKept: 2, vectorsWanted: 3 });
  expect(find.mock.calls.flatMap(([hashes]) => hashes)).toHaveLength(contents.length);
});
