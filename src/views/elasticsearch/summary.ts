// What a search is told of a passage that it finds: all in one field, since each field of a hit costs as much as a long one.
// It is kept as bytes, which hits are given faster than a source.
import { z } from 'zod';
import type { Position } from '../../domain/event.ts';
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

/** Both for `weightIn`; a search reads hundreds, for a few terms each: they stay texts. */
export type Summary = Place & { words: SummaryWords; lent: SummaryWords | null };

export type SummaryWords = string & { readonly [words]: true };
declare const words: unique symbol;

/** Three parts with an empty line between; the last one is empty where nothing is lent. No term has a space or ends a line. */
const PART = '\n\n';

/** In base64. */
export function encodeSummary({ words, lent = new Map(), lentUntil = 0, ...place }: ToSummarise): string {
  const { memory, recorded, passages, index, start, end, length } = place;
  const head = [memory, recorded, passages, index, start, end, length, lentUntil].join(' ');
  return Buffer.from([head, linesOf(words), linesOf(lent)].join(PART)).toString('base64');
}

const number = z.coerce.number();
const head = z.tuple([z.string(), z.string(), number, number, number, number, number, number]);

/** What counts at `now`, in milliseconds. */
export function decodeSummary(base64: string, now: number): Summary {
  const text = Buffer.from(base64, 'base64').toString();
  const first = text.indexOf(PART);
  const second = text.indexOf(PART, first + 1);
  const [memory, recorded, passages, index, start, end, length, lentUntil] = head.parse(
    text.slice(0, first).split(' '),
  );
  return {
    ...{ memory, recorded, passages, index, start, end, length },
    words: text.slice(first, second) as SummaryWords,
    lent: lentUntil > now ? (text.slice(second) as SummaryWords) : null,
  };
}

/** In tenths; 0 for a term that is not there. */
export const weightIn = ({ words, lent }: Pick<Summary, 'words' | 'lent'>, term: string): number =>
  weightAt(words, term) + (lent === null ? 0 : weightAt(lent, term));

function weightAt(words: SummaryWords, term: string): number {
  const start = `\n${term} `;
  const at = words.indexOf(start);
  return at < 0 ? 0 : Number.parseInt(words.slice(at + start.length, at + start.length + 10), 10);
}

const linesOf = (weights: Weights): string => Array.from(weights, ([term, weight]) => `${term} ${weight}`).join('\n');
