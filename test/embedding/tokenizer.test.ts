import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTokenizer, loadTokenizer, wordsOf } from '../../src/embedding/minilm/tokenizer.ts';

const { encode, countTokens } = loadTokenizer();

describe('words', () => {
  test.each([
    [
      'lower case, at spaces of every kind',
      'Hello\tBig\nWorld\u00a0again\u3000now',
      ['hello', 'big', 'world', 'again', 'now'],
    ],
    ['each punctuation character by itself', "don't (stop)!?", ['don', "'", 't', '(', 'stop', ')', '!', '?']],
    ['symbols that BERT takes for punctuation', 'a$b+c<d=e>f^g`h|i~j', [...'a$b+c<d=e>f^g`h|i~j']],
    ['no other symbols', '5€ ©2024', ['5€', '©2024']],
    ['without accents', 'Crème Brûlée, Ångström', ['creme', 'brulee', ',', 'angstrom']],
    ['each CJK ideograph by itself', '東京 Tokyo駅', ['東', '京', 'tokyo', '駅']],
    ['without control and format characters', 'a\0b\u200bc\ufeffd\ufffde', ['abcde']],
    ['without halves of surrogate pairs', 'a\ud800b', ['ab']],
    ['no final sigma', 'ΟΔΟΣ', ['οδοσ']],
    ['nothing of nothing', ' \t\n', []],
  ])('are cut: %s', (_, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test('are the same for plain text as for any other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        // An accent makes the text not plain; it is dropped.
        expect(wordsOf(`${text} \u0301`)).toEqual(wordsOf(text));
      }),
    );
  });
});

describe('tokens', () => {
  const tiny = createTokenizer(['[UNK]', '[CLS]', '[SEP]', 'un', '##aff', '##able', '##a', 'a', '##ff', 'b']);

  test('are the longest pieces known, from the left', () => {
    expect(tiny.encode('unaffable b', 16)).toEqual([1, 3, 4, 5, 9, 2]);
  });

  test('are one [UNK] for a word that cannot be cut to its end', () => {
    expect(tiny.encode('unaffxable a', 16)).toEqual([1, 0, 7, 2]);
  });

  test('are one [UNK] for a word of over 100 characters', () => {
    expect(tiny.encode('a'.repeat(100), 256)).toHaveLength(102);
    expect(tiny.encode('a'.repeat(101), 256)).toEqual([1, 0, 2]);
  });

  test('never are special tokens for what a text says', () => {
    expect(encode('[CLS] [SEP]', 16)).toEqual([101, 1031, 18856, 2015, 1033, 1031, 19802, 1033, 102]);
  });

  test('are cut off at the limit, the last one being [SEP]', () => {
    const tokens = encode('word '.repeat(1000), 256);
    expect(tokens).toHaveLength(256);
    expect(tokens.at(-1)).toBe(102);
  });

  test('are counted as they are encoded, without [CLS] and [SEP]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(countTokens(text)).toBe(encode(text, 10_000).length - 2);
      }),
    );
    expect(countTokens('word '.repeat(20_000))).toBe(20_000);
  });

  test('need a vocabulary with the special pieces', () => {
    expect(() => createTokenizer(['a', 'b'])).toThrow('the vocabulary has no [UNK]');
  });
});
