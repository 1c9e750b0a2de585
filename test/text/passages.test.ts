import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitPassages } from '../../src/text/passages.ts';

const LIMIT = 200;
const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
/** As hard as a tokenizer can be: every UTF-16 unit is a token. */
const countUnits = (text: string): number => text.length;

const split = (content: string, countTokens = countWords) =>
  splitPassages(content, countTokens).map(({ start, end }) => content.slice(start, end));

describe('passages', () => {
  test('a text of at most 200 tokens is one', () => {
    expect(split('word '.repeat(200))).toHaveLength(1);
    expect(split('')).toEqual(['']);
  });

  test('200 UTF-16 units are never counted', () => {
    const count = () => {
      throw new Error('counted');
    };
    expect(splitPassages('x'.repeat(LIMIT), count)).toEqual([{ start: 0, end: LIMIT }]);
  });

  test('a longer text is cut at the end of a sentence', () => {
    const sentence = `Some ${'word '.repeat(58)}end. `;
    expect(split(sentence.repeat(7))).toEqual([sentence.repeat(3), sentence.repeat(3), sentence]);
  });

  test('a sentence that is too long is cut between words', () => {
    const passages = split('word '.repeat(450));
    expect(passages.map(countWords)).toEqual([200, 200, 50]);
  });

  test('a word that is too long is cut between code points', () => {
    const passages = split(`x${'😀'.repeat(500)}`, countUnits);
    expect(passages.every((passage) => passage.isWellFormed())).toBe(true);
  });

  test.each([
    ['units are tokens', countUnits],
    ['words are tokens', countWords],
  ])('joined they are the content, and none has more than 200 tokens, when %s', (_, countTokens) => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('. ', '\n', 'word ', '。', '😀'.repeat(90))),
      {
        maxLength: 300,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const passages = split(parts.join(''), countTokens);
        expect(passages.join('')).toBe(parts.join(''));
        for (const passage of passages) expect(countTokens(passage)).toBeLessThanOrEqual(LIMIT);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['x', 'word ', '. ', 'a. ', '1.', '(', '😀', '\n', 'e\u0301', '। ', 'A.b', '...)"'])(
    'what is counted of 100,000 characters of %j grows no faster than the text',
    (part) => {
      let counted = 0;
      const content = part.repeat(100_000 / part.length);
      splitPassages(content, (text) => {
        counted += text.length;
        return text.length;
      });
      expect(counted).toBeLessThanOrEqual(3 * content.length);
    },
  );
});
