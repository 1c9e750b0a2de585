import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAnalyser, passageText } from '../../src/text/analyse.ts';

const analyse = createAnalyser((text) => text.match(/\S+/g)?.length ?? 0);
const memory = {
  content: ' Caroline went to Paris. ',
  author: 'Melanie',
  occurredAt: '2023-05-08T23:59:00.000Z',
  lesson: null,
};
const lesson = {
  errorPattern: 'silent failure',
  correctApproach: 'Strip the BOM.',
  applicableContexts: ['csv', 'etl'],
  trajectory: 'tried everything',
};

describe('an analysis', () => {
  test('has the words of the content, and apart from them the author three times and the date', () => {
    const { passages, fields } = analyse(memory);
    expect(passages.map(({ terms }) => Object.fromEntries(terms))).toEqual([{ carolin: 1, went: 1, pari: 1 }]);
    expect(Object.fromEntries(fields)).toEqual({ melani: 3, 8: 1, mai: 1, 2023: 1 });
  });

  test('names the text to embed by author and date in UTC, and has its hash', () => {
    const text = 'Melanie (8 May 2023): Caroline went to Paris.';
    const [passage] = analyse(memory).passages;
    expect(passageText(memory, { start: 0, end: memory.content.length })).toBe(text);
    expect(passage?.hash).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('of a long content has a passage for each 200 tokens', () => {
    const { passages } = analyse({ ...memory, content: 'one more word '.repeat(150) });
    expect(passages).toHaveLength(3);
    expect(new Set(passages.map(({ hash }) => hash)).size).toBeGreaterThan(1);
  });

  test("has a lesson's words among the fields, and not those of how it was come by", () => {
    expect(Object.fromEntries(analyse({ ...memory, lesson }).fields)).toEqual({
      ...Object.fromEntries(analyse(memory).fields),
      ...{ silent: 1, failur: 1, strip: 1, bom: 1, csv: 1, etl: 1 },
    });
  });

  test("embeds a lesson's words after its content, unless that has several passages", () => {
    const taught = { ...memory, lesson };
    expect(passageText(taught, { start: 0, end: memory.content.length })).toBe(
      'Melanie (8 May 2023): Caroline went to Paris.\nsilent failure\nStrip the BOM.\ncsv, etl',
    );
    expect(passageText(taught, { start: 0, end: 9 })).toBe('Melanie (8 May 2023): Caroline');
    const bare = { errorPattern: null, correctApproach: null, applicableContexts: [], trajectory: null };
    expect(analyse({ ...memory, lesson: bare })).toEqual(analyse(memory));
  });
});
