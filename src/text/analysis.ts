// What search reads of a memory, whichever adapter keeps it: its passages, their terms, the texts to embed.
// The recipe: passages of at most 200 tokens; BM25F fields 1·content + 3·author + 1·date words
// + 1·lesson. What neighbours of the
// same session lend (context.ts) is added by the index: half, a third, a fifth of the terms of their content.
import type { Memory } from '../domain/memory.ts';

/** term → how often it is there. */
export type TermCounts = ReadonlyMap<string, number>;

export type Passage = {
  /** UTF-16 offsets into the content, end exclusive. */
  start: number;
  end: number;
  /** Of the passage's own text. */
  terms: TermCounts;
  /** SHA-256, hex, of the text that is embedded for it. */
  hash: string;
};

export type Analysis = {
  passages: Passage[];
  /** Of the author, the date and the lesson, weighted: to be added to each passage's terms. Lent to nobody. */
  fields: TermCounts;
};

export type AnalysedFields = Pick<Memory, 'content' | 'author' | 'occurredAt' | 'lesson'>;
export type Analyse = (memory: AnalysedFields) => Analysis;
