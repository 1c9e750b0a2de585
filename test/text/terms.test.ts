import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTerms, queryTerms } from '../../src/text/terms.ts';

const termsOf = (text: string): Map<string, number> => {
  const counts = new Map<string, number>();
  countTerms(text, 1, counts);
  return counts;
};

describe('terms', () => {
  test('are lower case stems without stop words', () => {
    expect(Object.fromEntries(termsOf('The Parsers parsed the parsing parser'))).toEqual({ parser: 2, pars: 2 });
  });

  test('question words and possessives are no terms', () => {
    expect([...termsOf("What is Caroline's plan, and where was Melanie’s?").keys()]).toEqual([
      'carolin',
      'plan',
      'melani',
    ]);
  });

  test.each([
    ['PG-2087', ['pg', '2087', 'pg-2087']],
    ['utf-8-sig', ['utf', '8', 'sig', 'utf-8-sig']],
    ['config.yaml', ['config', 'yaml', 'config.yaml']],
    ['snake_case', ['snake', 'case', 'snake_case']],
  ])('the identifier %s is one more term beside its parts', (text, terms) => {
    expect([...termsOf(text).keys()]).toEqual(terms);
  });

  test.each(['end.Next', 'see 3.5.', '(PG-2087)', 'a@b.org,', 'std::vector'])(
    '%s has an identifier, without what is around it',
    (text) => {
      expect([...termsOf(text).keys()].filter((term) => /\W/.test(term))).toEqual([
        text
          .match(/\w.*\w/)?.[0]
          .toLowerCase()
          .split(' ')
          .at(-1),
      ]);
    },
  );

  test.each(['wait... what', 'Hi...there', 'on--off', 'end.'])('%s has none', (text) => {
    expect([...termsOf(text).keys()].filter((term) => /\W/.test(term))).toEqual([]);
  });

  test.each(['x', 'x.', 'x-', '1', '.', '-', "'s", 'x ', '𐐷', 'a1_'])(
    'of 100,000 characters of %j are found at once',
    (part) => {
      expect(termsOf(part.repeat(100_000 / part.length)).size).toBeLessThanOrEqual(2);
    },
  );

  test('common words joined by a hyphen are their parts alone', () => {
    expect([...termsOf('a well-known friend').keys()]).toEqual(['well', 'known', 'friend']);
  });

  test('words of any script are kept whole, however their letters are composed', () => {
    expect([...termsOf('naïve नमस्ते 東京').keys()]).toEqual([...termsOf('nai\u0308ve नमस्ते 東京').keys()]);
    expect(termsOf('नमस्ते').size).toBe(1);
  });

  test('the month of May is no stop word', () => {
    expect([...termsOf('8 May 2023').keys()]).toEqual(['8', 'mai', '2023']);
  });

  test('a very long word is cut, and never inside a surrogate pair', () => {
    for (const text of ['x'.repeat(100_000), '𐐷'.repeat(50_000)]) {
      const [term = ''] = termsOf(text).keys();
      expect([...term]).toHaveLength(64);
      expect(term.isWellFormed()).toBe(true);
    }
  });

  test('no term has a space in it, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const term of termsOf(text).keys()) expect(term).not.toMatch(/\s|^$/);
      }),
    );
  });
});

describe('the terms of a question', () => {
  test('come once each, with the word as it was asked', () => {
    expect(queryTerms('Which Parsers did the parser of PG-2087 replace?')).toEqual([
      { term: 'parser', word: 'Parsers' },
      { term: 'pg', word: 'PG' },
      { term: '2087', word: '2087' },
      { term: 'replac', word: 'replace' },
      { term: 'pg-2087', word: 'PG-2087' },
    ]);
  });

  test('find every word of a text that is asked for in its own words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => {
        expect(new Set(queryTerms(text).map(({ term }) => term))).toEqual(new Set(termsOf(text).keys()));
      }),
    );
  });
});
