// How a file is cut into items: lines, and the elements of a JSON list. Whatever the chunks, and however large.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf } from '../../src/importing/elements.ts';
import { type Item, MAX_ITEM_BYTES } from '../../src/importing/item.ts';
import { linesOf } from '../../src/importing/lines.ts';
import { collect } from '../support/collect.ts';

async function* inChunks(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const values = async (items: AsyncIterable<Item>): Promise<unknown[]> =>
  (await collect(items)).map((item) => ('text' in item ? JSON.parse(item.text) : item));

const huge = JSON.stringify({ content: 'x'.repeat(MAX_ITEM_BYTES) });

describe('lines', () => {
  test('have their numbers, blank ones counted and left out, the last with or without an end', async () => {
    expect(await collect(linesOf(inChunks('a\n\r\n  b \nc', 3)))).toEqual([
      { line: 1, text: 'a' },
      { line: 3, text: 'b' },
      { line: 4, text: 'c' },
    ]);
  });

  test('one that is too long is named, and the next is read', async () => {
    expect(await collect(linesOf(inChunks(`${huge}\n{}\n`, 10_000)))).toEqual([
      { line: 1, problem: 'is longer than 1,048,576 bytes' },
      { line: 2, text: '{}' },
    ]);
  });

  test('one that is not UTF-8 is named', async () => {
    const text = Buffer.concat([Buffer.from('{}\n'), Buffer.from([0xff, 0xfe]), Buffer.from('\n{}')]);
    expect(await collect(linesOf(inChunks(text, 1)))).toEqual([
      { line: 1, text: '{}' },
      { line: 2, problem: 'is not UTF-8' },
      { line: 3, text: '{}' },
    ]);
  });

  test('any values, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 20 }), async (list, size) => {
        const text = list.map((value) => JSON.stringify(value)).join('\n');
        expect(await values(linesOf(inChunks(text, size)))).toEqual(
          list.map((value) => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });
});

describe('elements', () => {
  test('of a list in an object, with the line where each begins', async () => {
    const text = '{\n "count": 2, "results": [\n  {"a": "],[\\"}"},\n\n  {"b": [1, {"c": 2}]}\n ], "next": [3] }';
    expect(await collect(elementsOf(inChunks(text, 4)))).toEqual([
      { line: 3, text: '{"a": "],[\\"}"}' },
      { line: 5, text: '{"b": [1, {"c": 2}]}' },
    ]);
  });

  test('one that is too long is named, and the next is read', async () => {
    expect(await collect(elementsOf(inChunks(`[${huge},\n{}]`, 10_000)))).toEqual([
      { line: 1, problem: 'is longer than 1,048,576 bytes' },
      { line: 2, text: '{}' },
    ]);
  });

  test.each([
    ['[]', []],
    ['[\n{}', [{ line: 2, problem: 'ends within its list' }]],
    ['{"a": {"b": [1]}}', [{ line: 1, problem: 'has no list' }]],
  ])('of %j', async (text, items) => {
    expect(await collect(elementsOf(inChunks(text, 2)))).toEqual(items);
  });

  test('any list, however it is written, in any chunks', async () => {
    const indent = fc.constantFrom(undefined, 1, '\t');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        indent,
        fc.boolean(),
        fc.integer({ min: 1, max: 20 }),
        async (list, space, wrapped, size) => {
          const text = JSON.stringify(wrapped ? { count: 1, results: list } : list, null, space);
          expect(await values(elementsOf(inChunks(text, size)))).toEqual(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });
});
