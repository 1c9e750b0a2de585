// What search reads of a memory, whichever adapter keeps it: its passages, their terms, the texts to embed.
// The recipe: passages of at most 200 tokens; BM25F fields 1·content + 3·author + 1·date words; context from earlier
// short memories of the same session is mixed in by the index (context.ts), as it depends on the neighbours.
import type { Memory } from '../domain/memory.ts';

export type Passage = {
  /** UTF-16 offsets into the content, end exclusive. */
  start: number;
  end: number;
  /** term → frequency, weighted by field, without context. */
  terms: ReadonlyMap<string, number>;
  /** SHA-256, hex, of the text that is embedded for it. */
  hash: string;
};

export type Analysis = { passages: Passage[] };

export type AnalysedFields = Pick<Memory, 'content' | 'author' | 'occurredAt'>;
export type Analyse = (memory: AnalysedFields) => Analysis;
