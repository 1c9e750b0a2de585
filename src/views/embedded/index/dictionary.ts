// The terms by number, as UTF-8 in one array: a start finds each of millions without making a string of it.
import { randomInt } from 'node:crypto';
import { grown } from './pair-lists.ts';

export type Dictionary = {
  /** The number of the term at `from` … `to`; undefined for an unknown one. */
  find(bytes: Uint8Array, from: number, to: number): number | undefined;
  /** The same; an unknown term gets the number that `create` gives. */
  intern(bytes: Uint8Array, from: number, to: number, create: () => number): number;
  /** Forgets the terms whose numbers `isKept` denies; their bytes go, too. */
  keep(isKept: (number: number) => boolean): void;
  size(): number;
  bytes(): number;
};

const EMPTY = -1;

/** FNV-1a's prime, http://www.isthe.com/chongo/tech/comp/fnv/ */
const PRIME = 0x01000193;

export function createDictionary(): Dictionary {
  /** Of this dictionary's own, so that nobody can choose words that collide. */
  const seed = randomInt(2 ** 32);
  let arena = new Uint8Array(4096);
  let top = 0;
  let offsets = new Uint32Array(256);
  let lengths = new Uint32Array(256);
  let hashes = new Int32Array(256);
  /** Open addressing: a number, or EMPTY. At most half full. */
  let table = new Int32Array(1024).fill(EMPTY);
  let size = 0;
  /** Where `locate` ended: the term's place in the table, or the one where it goes. */
  let place = 0;
  let hash = 0;

  function locate(bytes: Uint8Array, from: number, to: number): number {
    hash = seed;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
    hash ^= hash >>> 15;
    const mask = table.length - 1;
    for (place = hash & mask; ; place = (place + 1) & mask) {
      const number = table[place] ?? EMPTY;
      if (number === EMPTY || (hashes[number] === hash && isTerm(number, bytes, from, to))) return number;
    }
  }

  function isTerm(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (lengths[number] !== length) return false;
    const offset = offsets[number] ?? 0;
    for (let i = 0; i < length; i++) if (arena[offset + i] !== bytes[from + i]) return false;
    return true;
  }

  function add(number: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (top + length > arena.length) arena = grown(arena, new Uint8Array(Math.ceil((top + length) * 1.5)));
    for (let i = 0; i < length; i++) arena[top + i] = bytes[from + i] ?? 0;
    if (number >= offsets.length) {
      offsets = grown(offsets, new Uint32Array(number * 2));
      lengths = grown(lengths, new Uint32Array(number * 2));
      hashes = grown(hashes, new Int32Array(number * 2));
    }
    offsets[number] = top;
    lengths[number] = length;
    hashes[number] = hash;
    top += length;
    table[place] = number;
    size++;
    if (size * 2 > table.length) spread(table, table.length * 2);
  }

  /** Makes the table anew of the numbers in another one. */
  function spread(numbers: Int32Array, length: number): void {
    table = new Int32Array(length).fill(EMPTY);
    for (const number of numbers) {
      if (number === EMPTY) continue;
      let at = (hashes[number] ?? 0) & (length - 1);
      while (table[at] !== EMPTY) at = (at + 1) & (length - 1);
      table[at] = number;
    }
  }

  function keep(isKept: (number: number) => boolean): void {
    const kept = table.filter((number) => number !== EMPTY && isKept(number));
    const living = new Uint8Array(Math.max(4096, arena.length));
    top = 0;
    for (const number of kept) {
      const offset = offsets[number] ?? 0;
      living.set(arena.subarray(offset, offset + (lengths[number] ?? 0)), top);
      offsets[number] = top;
      top += lengths[number] ?? 0;
    }
    arena = living.slice(0, Math.max(4096, top));
    size = kept.length;
    spread(kept, table.length);
  }

  return {
    find: (bytes, from, to) => {
      const number = locate(bytes, from, to);
      return number === EMPTY ? undefined : number;
    },
    intern: (bytes, from, to, create) => {
      const known = locate(bytes, from, to);
      if (known !== EMPTY) return known;
      const number = create();
      add(number, bytes, from, to);
      return number;
    },
    keep,
    size: () => size,
    bytes: () => arena.byteLength + offsets.byteLength + lengths.byteLength + hashes.byteLength + table.byteLength,
  };
}
