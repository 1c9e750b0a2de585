// What neighbours lend, and that nothing of it stays when they are gone.
import { beforeEach, describe, expect, test } from 'vitest';
import { createSearchIndex } from '../../src/views/embedded/index/search-index.ts';
import type { SearchIndex } from '../../src/views/embedded/index/types.ts';
import { ask, memory, numbersOf } from './memories.ts';

let index: SearchIndex;
const question = memory({ number: 1, content: 'Where do you keep the marmalade?', session: 's' });
const answer = memory({ number: 2, content: 'In the cellar.', session: 's' });

beforeEach(() => {
  index = createSearchIndex({ dimensions: 4 });
  index.put(question);
  index.put(answer);
});

const found = (words: string) => numbersOf(ask(index, words));

test('an answer is found by the words of its question', () => {
  expect(found('marmalade')).toEqual([1, 2]);
  expect(found('cellar')).toEqual([2]);
});

test('its own words count more than lent ones', () => {
  const [own, lent] = ask(index, 'marmalade').sort((a, b) => a.number - b.number);
  expect(own?.coverage).toBeGreaterThan(lent?.coverage ?? 1);
});

test('the author and the date are lent to nobody', () => {
  index.put(memory({ number: 3, agent: 'writer', content: 'A first thing.', session: 't', minute: 24 * 60 * 30 }));
  expect(found('31')).toEqual([3]);
});

test('order of arrival makes no difference', () => {
  const other = createSearchIndex({ dimensions: 4 });
  other.put(answer);
  ask(other, 'marmalade');
  other.put(question);
  const byNumber = (hits: ReturnType<typeof ask>) => hits.sort((a, b) => a.number - b.number);
  expect(byNumber(ask(other, 'marmalade cellar'))).toEqual(byNumber(ask(index, 'marmalade cellar')));
});

describe('the lent words are gone when the neighbour', () => {
  test('is forgotten', () => {
    index.remove(1);
    expect(found('marmalade')).toEqual([]);
  });

  test('expires', () => {
    index.put({ ...question, expiresAt: '2026-02-01T00:00:00.000Z' });
    expect(index.expire('2026-01-31T00:00:00.000Z')).toEqual([]);
    expect(found('marmalade')).toEqual([1, 2]);
    expect(index.expire('2026-02-01T00:00:00.000Z')).toMatchObject([{ number: 1 }]);
    expect(found('marmalade')).toEqual([]);
  });

  test('is deprecated', () => {
    index.put({ ...question, bucket: { ...question.bucket, deprecated: true } });
    expect(found('marmalade')).toEqual([]);
    expect(numbersOf(ask(index, 'marmalade', { allow: () => true }))).toEqual([1]);
  });

  test('is revised', () => {
    index.put(memory({ number: 1, content: 'Where do you keep the honey?', session: 's' }));
    expect(found('marmalade')).toEqual([]);
    expect(found('honey')).toEqual([1, 2]);
  });

  test('is made private', () => {
    index.put(memory({ number: 1, content: 'Where do you keep the marmalade?', session: 's', scope: 'AGENT_PRIVATE' }));
    expect(found('marmalade')).toEqual([1]);
  });
});
