// Text as a keyword of Elasticsearch, exactly. Keywords are compared by code point and cannot hold half of a surrogate
// pair; JavaScript compares by code unit and can. So each code unit becomes one code point, in the same order: those from
// the surrogates on move up. Hardly any text has one, and all others stay as they are.

const SURROGATES = 0xd800;
const MOVED = /[\ud800-\uffff]/;

/** Equality, order, prefixes and substrings of the results are those of the texts. */
export function exactText(text: string): string {
  if (!MOVED.test(text)) return text;
  let moved = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    moved += unit < SURROGATES ? text.charAt(i) : String.fromCodePoint(unit - SURROGATES + 0xe000);
  }
  return moved;
}
