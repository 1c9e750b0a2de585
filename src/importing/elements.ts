// One JSON document: the elements of its list, one after the other, without ever holding the document. The list is the
// document itself, or the first that an object has at its top: `{"results": [ … ]}`.
import { type Item, itemOf, MAX_ITEM_BYTES, tooLong } from './item.ts';

const code = (character: string) => character.charCodeAt(0);
const NEWLINE = code('\n');
const QUOTE = code('"');
const BACKSLASH = code('\\');
const COMMA = code(',');
const OPENING = [code('['), code('{')];
const CLOSING = [code(']'), code('}')];
const BLANKS = [code(' '), code('\t'), code('\r'), NEWLINE];

/** Ends with the list. A document that ends before is named as a problem of its last line. */
export async function* elementsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Item> {
  const scan = createScan();
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      const item = scan.next(byte);
      if (item !== null) yield item;
      if (scan.ended()) return;
    }
  }
  yield { line: scan.line(), problem: scan.began() ? 'ends within its list' : 'has no list' };
}

function createScan() {
  const kept = Buffer.allocUnsafe(MAX_ITEM_BYTES);
  let bytes = 0;
  let line = 1;
  let beginning = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** How deep in the document the list's elements are; null before the list. */
  let listDepth: number | null = null;
  let over = false;

  function keep(byte: number): void {
    if (bytes === 0 && BLANKS.includes(byte)) return;
    if (bytes === 0) beginning = line;
    if (bytes < MAX_ITEM_BYTES) kept[bytes] = byte;
    bytes += 1;
  }

  function finished(): Item | null {
    const length = bytes;
    bytes = 0;
    if (length === 0) return null;
    return length > MAX_ITEM_BYTES ? tooLong(beginning) : itemOf(beginning, kept.subarray(0, length));
  }

  function follow(byte: number): void {
    if (escaped) escaped = false;
    else if (inString && byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inString = !inString;
    else if (!inString && OPENING.includes(byte)) {
      depth += 1;
      if (listDepth === null && byte === OPENING[0] && depth <= 2) listDepth = depth;
    } else if (!inString && CLOSING.includes(byte)) depth -= 1;
  }

  return {
    /** The element that this byte ends, if it does. */
    next(byte: number): Item | null {
      const between = depth === listDepth && !inString;
      if (between && (byte === COMMA || CLOSING.includes(byte))) {
        over = byte !== COMMA;
        return finished();
      }
      if (listDepth !== null) keep(byte);
      follow(byte);
      if (byte === NEWLINE) line += 1;
      return null;
    },
    ended: () => over,
    began: () => listDepth !== null,
    line: () => line,
  };
}
