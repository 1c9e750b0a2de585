// What goes into one request.

const MOST_TEXTS = 64;
const MOST_CHARACTERS = 100_000;

/** Endpoints refuse more than their model reads, commonly 8,192 tokens. */
const LONGEST_TEXT = 8000;

/** A text as every endpoint takes it: not empty, not too long, no half of a surrogate pair. */
export const acceptable = (text: string): string => text.slice(0, LONGEST_TEXT).toWellFormed() || ' ';

/** In order, each within the bounds of one request. */
export function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts.map(acceptable)) {
    if (batch.length === MOST_TEXTS || (batch.length > 0 && characters + text.length > MOST_CHARACTERS)) {
      batches.push(batch);
      batch = [];
      characters = 0;
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
