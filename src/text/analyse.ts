// A memory as search reads it: the fields' words, weighted, and the text to embed, a passage at a time.
import { hash } from 'node:crypto';
import type { Instant } from '../domain/event.ts';
import type { Analyse, AnalysedFields, Passage } from './analysis.ts';
import { type CountTokens, type Span, splitPassages } from './passages.ts';
import { countTerms } from './terms.ts';

/** The weights of the fields beside the content, whose words count 1. */
const AUTHOR = 3;
const DATE = 1;
const LESSON = 1;

/** Written out, so that no ICU version changes what was embedded. */
const months = 'January February March April May June July August September October November December'.split(' ');

/** `8 May 2023`, in UTC. */
export function dateWords(at: Instant): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** What a lesson is found by beside its content. The trajectory is how it was come by, not what it is about. */
const lessonWords = ({ lesson }: AnalysedFields): string =>
  lesson === null
    ? ''
    : [lesson.errorPattern, lesson.correctApproach, lesson.applicableContexts.join(', ')].filter(Boolean).join('\n');

/**
 * What is embedded for a passage: `Author (8 May 2023): text`. A lesson of one passage has its own words after the text; in
 * a longer one they would stand in front of every passage alike.
 */
export function passageText(memory: AnalysedFields, { start, end }: Span): string {
  const { author, occurredAt, content } = memory;
  const text = `${author} (${dateWords(occurredAt)}): ${content.slice(start, end).trim()}`;
  const lesson = end - start === content.length ? lessonWords(memory) : '';
  return lesson === '' ? text : `${text}\n${lesson}`;
}

/** `countTokens` is the embedder's: it decides where long memories are split. */
export function createAnalyser(countTokens: CountTokens): Analyse {
  return (memory) => {
    const fields = new Map<string, number>();
    countTerms(memory.author, AUTHOR, fields);
    countTerms(dateWords(memory.occurredAt), DATE, fields);
    countTerms(lessonWords(memory), LESSON, fields);
    return {
      passages: splitPassages(memory.content, countTokens).map((span) => analysePassage(memory, span)),
      fields,
    };
  };
}

function analysePassage(memory: AnalysedFields, span: Span): Passage {
  const terms = new Map<string, number>();
  countTerms(memory.content.slice(span.start, span.end), 1, terms);
  return { ...span, terms, hash: hash('sha256', passageText(memory, span)) };
}
