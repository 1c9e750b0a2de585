// NDJSON: a line after the other, however large the file. A line that is too long is passed over, not held.
import { type Item, itemOf, MAX_ITEM_BYTES, tooLong } from './item.ts';

const NEWLINE = 0x0a;

/** Blank lines are none. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Item> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let bytes = 0;

  const take = (part: Uint8Array) => {
    bytes += part.length;
    if (bytes > MAX_ITEM_BYTES) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const finished = (): Item | null => {
    const item = bytes > MAX_ITEM_BYTES ? tooLong(line) : itemOf(line, Buffer.concat(parts));
    parts = [];
    bytes = 0;
    line += 1;
    return 'text' in item && item.text === '' ? null : item;
  };

  for await (const chunk of chunks) {
    let begin = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
      take(chunk.subarray(begin, end));
      begin = end + 1;
      const item = finished();
      if (item !== null) yield item;
    }
    take(chunk.subarray(begin));
  }
  const last = finished();
  if (last !== null) yield last;
}
