// WordPiece for BERT uncased: clean, lower-case, strip accents, split at spaces, punctuation and CJK, then take the
// longest known piece from the left. "##x" continues a word. A word that cannot be cut, or is over 100 characters, is [UNK].
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelDirectory } from './package-file.ts';

export type Tokenizer = {
  /** Token ids with [CLS] and [SEP], at most `limit` of them: what is beyond is cut off. */
  encode(text: string, limit: number): number[];
  /** Tokens of the whole text, without [CLS] and [SEP]. */
  countTokens(text: string): number;
};

const LONGEST_WORD = 100;

/** No token of a sensible text needs more UTF-16 units than this: a huge text is not read in vain. */
const UNITS_PER_TOKEN = 200;

const DROPPED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu;
const CJK = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]/gu;
const MARKS = /\p{Mn}/gu;
const WORDS = /[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu;

/** Printable ASCII and spaces: nothing to clean, and every character is a letter, a digit, a space or punctuation. */
const PLAIN = /^[\t\n\r -~]*$/;
const PLAIN_WORDS = /[a-z\d]+|[^a-z\d\s]/g;

export function wordsOf(text: string): string[] {
  if (PLAIN.test(text)) return text.toLowerCase().match(PLAIN_WORDS) ?? [];
  const clean = text.replace(DROPPED, '').replace(CJK, ' $& ').normalize('NFD').replace(MARKS, '');
  // The original lower-cases letter by letter, so it knows no final sigma.
  return (
    clean
      .replaceAll('Σ', 'σ')
      .match(WORDS)
      ?.map((word) => word.toLowerCase()) ?? []
  );
}

/** `vocabulary`: the pieces in the order of their ids. */
export function createTokenizer(vocabulary: readonly string[]): Tokenizer {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const special = (piece: string): number => {
    const id = ids.get(piece);
    if (id === undefined) throw new Error(`the vocabulary has no ${piece}`);
    return id;
  };
  const unknown = special('[UNK]');
  const first = special('[CLS]');
  const last = special('[SEP]');
  const longestPiece = vocabulary.reduce((longest, piece) => Math.max(longest, piece.length), 0);

  function piecesOf(word: string): number[] {
    const whole = ids.get(word);
    if (whole !== undefined) return [whole];
    if (word.length > LONGEST_WORD && [...word].length > LONGEST_WORD) return [unknown];
    const pieces: number[] = [];
    for (let start = 0; start < word.length; ) {
      // No piece holds half a surrogate pair, so counting UTF-16 units finds the same pieces as counting characters.
      let end = Math.min(word.length, start + longestPiece);
      let id: number | undefined;
      for (; end > start; end--) {
        const part = word.slice(start, end);
        id = ids.get(start > 0 ? `##${part}` : part);
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknown];
      pieces.push(id);
      start = end;
    }
    return pieces;
  }

  return {
    encode(text, limit) {
      const tokens = [first];
      for (const word of wordsOf(text.slice(0, limit * UNITS_PER_TOKEN))) {
        if (tokens.length >= limit - 1) break;
        tokens.push(...piecesOf(word));
      }
      tokens.length = Math.min(tokens.length, limit - 1);
      tokens.push(last);
      return tokens;
    },
    countTokens: (text) => wordsOf(text).reduce((count, word) => count + piecesOf(word).length, 0),
  };
}

/** The tokenizer of the model in `directory`, or of the one that comes with the package. Takes about 20 ms. */
export function loadTokenizer(directory: string = modelDirectory): Tokenizer {
  return createTokenizer(readFileSync(join(directory, 'vocab.txt'), 'utf8').trimEnd().split('\n'));
}
