import { expect, test } from 'vitest';
import type { SearchMode } from '../../src/domain/search-mode.ts';
import { wordsMeanwhile } from '../../src/rebuilding/words-meanwhile.ts';
import type { ViewSignature } from '../../src/views/view-store.ts';
import { aMemory, analyse, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { openNaiveViews } from '../support/naive-views.ts';

const own: ViewSignature = { projections: 1, model: 'this', dimensions: 64 };
const vector = hashVector('parser', 64);

async function open(answers: ViewSignature) {
  const inner = openNaiveViews({ analyse });
  await inner.apply([putMemory(at(1), aMemory('m1', { content: 'the parser' }))], at(1));
  const views = wordsMeanwhile(inner, { own, signature: () => answers });
  const search = (mode: SearchMode) =>
    views.search({ reader: operator, now: NOW, mode, text: 'parser', vector, limit: 10 });
  return { inner, views, search };
}

test('views of another model are searched by words, take no vectors and want none', async () => {
  const { inner, views, search } = await open({ ...own, model: 'other' });
  expect((await search('HYBRID')).candidates).toMatchObject([{ similarity: null, matchedTerms: ['parser'] }]);
  await expect(search('SEMANTIC')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await views.wantedVectors(10)).toEqual([]);
  const [wanted] = await inner.wantedVectors(10);
  await views.putVectors([{ hash: wanted?.hash ?? '', vector }]);
  expect(await inner.wantedVectors(10)).toHaveLength(1);
});

test('those of this one by meaning, too, whatever projected them', async () => {
  const { views, search } = await open({ ...own, projections: 2 });
  const [wanted] = await views.wantedVectors(10);
  await views.putVectors([{ hash: wanted?.hash ?? '', vector }]);
  expect((await search('SEMANTIC')).candidates).toMatchObject([{ similarity: expect.closeTo(1, 2) }]);
});
