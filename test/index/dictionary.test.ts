// The dictionary of terms does what a Map does.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDictionary } from '../../src/views/embedded/index/dictionary.ts';

const term = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 });
const steps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ intern: fc.array(term, { maxLength: 40 }) }) },
    { weight: 1, arbitrary: fc.record({ keepOneIn: fc.integer({ min: 1, max: 5 }) }) },
  ),
  { maxLength: 40 },
);

test('it gives each term a number and finds it again, also after others went', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const dictionary = createDictionary();
      const model = new Map<string, number>();
      let next = 0;
      for (const step of all) {
        if ('intern' in step) {
          for (const word of step.intern) {
            const bytes = Buffer.from(`<${word}>`);
            const number = dictionary.intern(bytes, 1, bytes.length - 1, () => next++);
            expect(number).toBe(model.get(word) ?? number);
            model.set(word, number);
          }
        } else {
          dictionary.keep((number) => number % step.keepOneIn === 0);
          for (const [word, number] of model) if (number % step.keepOneIn !== 0) model.delete(word);
        }
        expect(dictionary.size()).toBe(model.size);
      }
      for (const [word, number] of model) {
        const bytes = Buffer.from(word);
        expect(dictionary.find(bytes, 0, bytes.length)).toBe(number);
      }
      const unknown = Buffer.from('never a term');
      expect(dictionary.find(unknown, 0, unknown.length)).toBeUndefined();
    }),
  );
});

test('thousands of terms are told apart', () => {
  const dictionary = createDictionary();
  let next = 0;
  const numberOf = (word: string) => {
    const bytes = Buffer.from(word);
    return dictionary.intern(bytes, 0, bytes.length, () => next++);
  };
  const words = Array.from({ length: 20_000 }, (_, n) => `word${n}`);
  const numbers = words.map(numberOf);
  expect(new Set(numbers).size).toBe(words.length);
  expect(words.map(numberOf)).toEqual(numbers);
});
