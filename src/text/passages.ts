// Splits a long content into passages that the embedder can read whole: at sentence ends, else between words, else
// between code points. Passages follow each other without a gap: joined they are the content.

/** In tokens of the embedder, which reads 256: the rest is for the author and the date. */
const LONGEST_PASSAGE = 200;

/** No text has more tokens than this many UTF-16 units. */
const SHORT = LONGEST_PASSAGE;

export type CountTokens = (text: string) => number;

/** UTF-16 offsets, end exclusive. */
export type Span = { start: number; end: number };

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Words with the space after them. */
const WORDS = /\S+\s*|\s+/gu;

export function splitPassages(content: string, countTokens: CountTokens): Span[] {
  if (content.length <= SHORT) return [{ start: 0, end: content.length }];
  const passages: Span[] = [];
  let passage: Span = { start: 0, end: 0 };
  let tokens = 0;
  for (const [length, count] of smallParts(content, countTokens)) {
    if (tokens + count > LONGEST_PASSAGE && passage.end > passage.start) {
      passages.push(passage);
      passage = { start: passage.end, end: passage.end };
      tokens = 0;
    }
    passage.end += length;
    tokens += count;
  }
  passages.push(passage);
  return passages;
}

/** The parts that are never divided, in order: [UTF-16 units, tokens], none of more tokens than a passage may have. */
function* smallParts(content: string, countTokens: CountTokens): Generator<[number, number]> {
  for (const { segment: sentence } of sentences.segment(content)) {
    const inSentence = countTokens(sentence);
    if (inSentence <= LONGEST_PASSAGE) {
      yield [sentence.length, inSentence];
      continue;
    }
    for (const [word] of sentence.matchAll(WORDS)) {
      const inWord = countTokens(word);
      if (inWord <= LONGEST_PASSAGE) yield [word.length, inWord];
      else for (const piece of pieces(word)) yield [piece.length, Math.min(countTokens(piece), LONGEST_PASSAGE)];
    }
  }
}

/** At most SHORT units each, never cut inside a surrogate pair. */
function* pieces(word: string): Generator<string> {
  for (let start = 0; start < word.length; ) {
    let end = Math.min(start + SHORT, word.length);
    const last = word.codePointAt(end - 1) ?? 0;
    if (end < word.length && last > 0xffff) end--;
    yield word.slice(start, end);
    start = end;
  }
}
