// A memory as search reads it: the fields' words, weighted, and the text to embed, a passage at a time.
import { hash } from 'node:crypto';
import type { Instant } from '../domain/event.ts';
import type { Analyse, AnalysedFields, Passage } from './analysis.ts';
import { type CountTokens, type Span, splitPassages } from './passages.ts';
import { countTerms } from './terms.ts';

const CONTENT = 1;
const AUTHOR = 3;
const DATE = 1;

const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `8 May 2023`, in UTC. */
export const dateWords = (at: Instant): string => dates.format(new Date(at));

/** What is embedded for a passage: `Author (8 May 2023): text`. */
export const passageText = (memory: AnalysedFields, { start, end }: Span): string =>
  `${memory.author} (${dateWords(memory.occurredAt)}): ${memory.content.slice(start, end).trim()}`;

/** `countTokens` is the embedder's: it decides where long memories are split. */
export function createAnalyser(countTokens: CountTokens): Analyse {
  return (memory) => ({
    passages: splitPassages(memory.content, countTokens).map((span) => analysePassage(memory, span)),
  });
}

function analysePassage(memory: AnalysedFields, span: Span): Passage {
  const terms = new Map<string, number>();
  countTerms(memory.content.slice(span.start, span.end), CONTENT, terms);
  countTerms(memory.author, AUTHOR, terms);
  countTerms(dateWords(memory.occurredAt), DATE, terms);
  return { ...span, terms, hash: hash('sha256', passageText(memory, span)) };
}
