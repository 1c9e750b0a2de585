// One thing of a file: a line of NDJSON, or an element of a JSON list. It is known by the line where it begins.

export type Item = { line: number } & ({ text: string } | { problem: string });

/** What may be wrong with an item, in words for whoever has the file. Never with what is in it. */
export type Problem = { line: number; problem: string };

/** The most bytes of one item: more than any event or memory of Annals has (MAX_APPEND_BYTES). */
export const MAX_ITEM_BYTES = 2 ** 20;

export const tooLong = (line: number): Problem => ({
  line,
  problem: `is longer than ${MAX_ITEM_BYTES.toLocaleString('en')} bytes`,
});

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function itemOf(line: number, bytes: Uint8Array): Item {
  try {
    return { line, text: utf8.decode(bytes).trim() };
  } catch {
    return { line, problem: 'is not UTF-8' };
  }
}

export type Parsed = { line: number } & ({ value: unknown } | { problem: string });

export function parseItem(item: Item): Parsed {
  if ('problem' in item) return item;
  try {
    return { line: item.line, value: JSON.parse(item.text) };
  } catch {
    return { line: item.line, problem: 'is not JSON' };
  }
}
