// A term as a number of 48 bits: it is taken for another once in 2⁴⁸ comparisons, and then a single passage is worth a
// little more than it should be.
// Source: cyrb53, https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js (public domain).

export type TermHash = {
  /** 32 bits, signed. */
  low: number;
  /** 16 bits. */
  high: number;
};

export function hashOf(term: string): TermHash {
  let one = 0xdeadbeef;
  let other = 0x41c6ce57;
  for (let i = 0; i < term.length; i++) {
    const unit = term.charCodeAt(i);
    one = Math.imul(one ^ unit, 2654435761);
    other = Math.imul(other ^ unit, 1597334677);
  }
  const low = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  const high = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return { low, high: high & 0xffff };
}

export const asNumber = ({ low, high }: TermHash): number => high * 2 ** 32 + (low >>> 0);
