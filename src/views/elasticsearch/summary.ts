// What a search is told of a passage that it finds: all in one field, since each field of a hit costs as much as a long one.
// It is kept as bytes, which hits are given faster than a source, and its words as hashes: a search reads hundreds of
// summaries for a few terms each, and makes no text of them.
import type { Position } from '../../domain/event.ts';
import { asNumber, hashOf, type TermHash } from './term-hash.ts';
import type { Weights } from './weights.ts';

type Place = {
  memory: string;
  recorded: Position;
  /** How many passages the memory has, and which of them this is. */
  passages: number;
  index: number;
  /** UTF-16 offsets into the content. */
  start: number;
  end: number;
  /** All its words, what is lent included, in tenths. */
  length: number;
};

export type ToSummarise = Place & {
  words: Weights;
  /** What counts besides until then, in milliseconds. */
  lent?: Weights;
  lentUntil?: number;
};

/** `weights`: of each of the terms asked for, in tenths; 0 where it is not there. */
export type Summary = Place & { weights: readonly number[] };

// Little-endian: lentUntil (f64), length, start, end, passages, index, own words (u32 each), bytes of memory and of
// recorded (u16 each); memory, recorded; own words, then lent ones: two parts of the hash (i32, u16), weight (u16).
const HEAD = 36;
const WORD = 8;
const MOST_WEIGHT = 0xffff;

/** In base64. */
export function encodeSummary({ words, lent = new Map(), lentUntil = 0, ...place }: ToSummarise): string {
  const names = Buffer.from(place.memory + place.recorded);
  const bytes = Buffer.allocUnsafe(HEAD + names.length + WORD * (words.size + lent.size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setFloat64(0, lentUntil, true);
  const numbers = [place.length, place.start, place.end, place.passages, place.index, words.size];
  for (const [i, number] of numbers.entries()) view.setUint32(8 + 4 * i, number, true);
  view.setUint16(32, Buffer.byteLength(place.memory), true);
  view.setUint16(34, Buffer.byteLength(place.recorded), true);
  names.copy(bytes, HEAD);
  const next = writeWords(view, HEAD + names.length, words);
  writeWords(view, next, lent);
  return bytes.toString('base64');
}

/** Gives back where they end. */
function writeWords(view: DataView, from: number, weights: Weights): number {
  let at = from;
  for (const [term, weight] of weights) {
    const { low, high } = hashOf(term);
    view.setInt32(at, low, true);
    view.setUint16(at + 4, high, true);
    view.setUint16(at + 6, Math.min(weight, MOST_WEIGHT), true);
    at += WORD;
  }
  return at;
}

/** Terms to look for. */
export type Asked = {
  terms: readonly string[];
  places: ReadonlyMap<TermHash['low'], readonly AskedPlace[]>;
  /** By the last bits of a hash: 0 where it is none of theirs, as nearly all are. */
  ends: Uint8Array;
};
type AskedPlace = { place: number; high: TermHash['high'] };

const ENDS = 256;

/** To be used for many summaries. */
export function askedFor(terms: readonly string[]): Asked {
  const places = new Map<number, AskedPlace[]>();
  const ends = new Uint8Array(ENDS);
  for (const [place, term] of terms.entries()) {
    const { low, high } = hashOf(term);
    places.set(low, [...(places.get(low) ?? []), { place, high }]);
    ends[low & (ENDS - 1)] = 1;
  }
  return { terms, places, ends };
}

/** What counts at `now`, in milliseconds. Fails with a RangeError when it is damaged. */
export function decodeSummary(base64: string, asked: Asked, now: number): Summary {
  const { bytes, view, number, named, own, lent } = open(base64);
  return {
    memory: bytes.toString('utf8', HEAD, named),
    recorded: bytes.toString('utf8', named, own),
    passages: number(3),
    index: number(4),
    start: number(1),
    end: number(2),
    length: number(0),
    weights: weightsIn(view, own, view.getFloat64(0, true) > now ? bytes.length : lent, asked),
  };
}

/** Its words, what is lent included, each as its hash in one number. Fails as `decodeSummary`. */
export function wordsIn(base64: string): Set<number> {
  const { bytes, view, own } = open(base64);
  const words = new Set<number>();
  for (let at = own; at < bytes.length; at += WORD)
    words.add(asNumber({ low: view.getInt32(at, true), high: view.getUint16(at + 4, true) }));
  return words;
}

/** Where its parts begin: the numbers of its head, the memory, `recorded`, its own words and those that are lent to it. */
function open(base64: string) {
  const bytes = Buffer.from(base64, 'base64');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const number = (i: number) => view.getUint32(8 + 4 * i, true);
  const named = HEAD + view.getUint16(32, true);
  const own = named + view.getUint16(34, true);
  const lent = own + WORD * number(5);
  if (lent > bytes.length) throw new RangeError('the summary of a passage is damaged');
  return { bytes, view, number, named, own, lent };
}

function weightsIn(view: DataView, from: number, to: number, { terms, places, ends }: Asked): number[] {
  const weights = terms.map(() => 0);
  for (let at = from; at < to; at += WORD) {
    const low = view.getInt32(at, true);
    if (ends[low & (ENDS - 1)] === 0) continue;
    for (const { place, high } of places.get(low) ?? [])
      if (high === view.getUint16(at + 4, true)) weights[place] = (weights[place] ?? 0) + view.getUint16(at + 6, true);
  }
  return weights;
}
