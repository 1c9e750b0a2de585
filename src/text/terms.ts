// A text's words as search compares them: lower case, stemmed, without stop words. Documents and questions go through
// the same function, on both profiles.
import QuickLru from 'quick-lru';
import { stemmer } from 'stemmer';

/** What a question asks for: a term of the index, and the word as it was asked. */
export type QueryTerm = { term: string; word: string };

/** Too common to tell memories apart; the question words are here as they are in hardly any answer. `may` is not: it is a month. */
const stopWords = new Set(
  `a an the and or but if of at by for with to from in on as
  i me my we our you your he him his she her it its they them their this that these those
  am is are was were be been being do does did have has had would could should
  what which who whom whose when where why how not no s t`.split(/\s+/),
);

/** Letters, their marks, and digits. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Words and the punctuation that may join them. It matches wherever it starts, so that no text takes more than linear time. */
const JOINED = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\-_.:/@#+]*/gu;
const JOINTS = '-_.:/@#+';

/** Dots and dashes of prose: they part what they stand between. */
const PAUSE = /\.{2,}|-{2,}/;

/** Hyphens alone also join common words (`well-known`): then it takes a digit to be an identifier. */
const IDENTIFIER = /[-_.:/@#+]/;
const SURE_IDENTIFIER = /[\p{N}_.:/@#+]/u;

const POSSESSIVE = /['’]s(?![\p{L}\p{N}])/gu;

/** Longer words are cut, so that a megabyte without a space is no term. In code points. */
const LONGEST_WORD = 64;

const stems = new QuickLru<string, string>({ maxSize: 50_000 });

function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const made = stemmer(word);
  stems.set(word, made);
  return made;
}

const cut = (word: string): string =>
  word.length <= LONGEST_WORD
    ? word
    : Array.from(word.slice(0, 2 * LONGEST_WORD))
        .slice(0, LONGEST_WORD)
        .join('');

/** Calls `found` for each term of the text, in no particular order, as often as it is there. */
function eachTerm(text: string, found: (term: string, word: string) => void): void {
  const plain = text.normalize('NFKC').replace(POSSESSIVE, '');
  for (const [match] of plain.matchAll(WORD)) {
    const lower = cut(match.toLowerCase());
    if (!stopWords.has(lower)) found(stem(lower), match);
  }
  for (const [match] of plain.matchAll(JOINED))
    for (const word of identifiers(match)) found(cut(word.toLowerCase()), word);
}

/** `PG-2087`, `utf-8-sig`, `config.yaml`, `snake_case`: words with punctuation inside. */
function identifiers(joined: string): string[] {
  if (!IDENTIFIER.test(joined)) return [];
  return joined
    .split(PAUSE)
    .map(withoutOuterJoints)
    .filter((word) => IDENTIFIER.test(word) && SURE_IDENTIFIER.test(word));
}

function withoutOuterJoints(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && JOINTS.includes(word.charAt(start))) start++;
  while (end > start && JOINTS.includes(word.charAt(end - 1))) end--;
  return word.slice(start, end);
}

/** Adds `weight` to the count of each term, as often as it is in the text. */
export function countTerms(text: string, weight: number, counts: Map<string, number>): void {
  eachTerm(text, (term) => counts.set(term, (counts.get(term) ?? 0) + weight));
}

/** The distinct terms of a question, each with the first word that asked for it. */
export function queryTerms(question: string): QueryTerm[] {
  const words = new Map<string, string>();
  eachTerm(question, (term, word) => {
    if (!words.has(term)) words.set(term, word);
  });
  return Array.from(words, ([term, word]) => ({ term, word }));
}
