// A memory of any store, in the terms in which it is recorded here.
import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import * as z from 'zod';
import { newMemoryOf, newReflectionOf } from '../commands/defaults.ts';
import type { RecordMemoryInput } from '../commands/inputs.ts';
import { checkName } from '../domain/checks.ts';
import type { Instant, JsonObject } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import { limits, namePattern } from '../domain/limits.ts';
import type { Lesson } from '../domain/memory.ts';
import { record, reflect } from '../domain/recording.ts';

export type ImportedMemory = {
  /** Its owner; null: whoever the import says. */
  agent: string | null;
  /** Without `ttl` and `commandId`. */
  input: RecordMemoryInput;
  /** With it the memory is a reflection. */
  lesson: Lesson | null;
  expiresAt: Instant | null;
  votes: { helpful: number; harmful: number };
  deprecation: { reason: string | null } | null;
};

/** Reads one item of a format, or says what is wrong with it. */
export type ReadMemory = (value: unknown) => ImportedMemory | { problem: string };

/** What a schema found wrong, by the field and never with its value. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  const fault = (issue?.message ?? 'is not as it should be').replace(/^Invalid input: /, '');
  return field === '' ? fault : `${field}: ${fault}`;
}

/** The first thing that Annals itself would refuse; null when it would take the memory. */
export function refusalOf({ input, lesson, expiresAt }: ImportedMemory, owner: string, now: Instant): string | null {
  try {
    checkName(owner, 'agent');
    if (lesson === null) record(newMemoryOf(input), owner, now);
    else reflect(newReflectionOf({ ...input, ...lesson }), owner, now);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  return lesson !== null && expiresAt !== null ? 'expiresAt: a reflection cannot be recorded with an end' : null;
}

/** The same memory of the same source has the same, whenever it is imported. Votes and what became of it may change. */
export const commandIdOf = ({ input, lesson }: ImportedMemory, owner: string): string =>
  `import-${createHash('sha256')
    .update(stringify([owner, input, lesson]))
    .digest('hex')}`;

/** Where a memory comes from, kept in its metadata: two equal texts of one source stay two memories. */
export const withOrigin = (metadata: JsonObject, source: string, id: string): JsonObject => ({
  ...metadata,
  importedFrom: `${source}:${id}`,
});

/** As names are here. One that had to be changed gets a mark of its own, so that two never become one. */
export function nameOf(text: string): string {
  if (namePattern.test(text) && text.length <= limits.name) return text;
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const plain = text.replace(/[^a-zA-Z0-9._-]+/g, '_').slice(0, limits.name - mark.length - 1);
  return `${plain}-${mark}`;
}

export const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected an object',
);

/** A time in any ISO 8601 form, as Annals writes it; one without a zone is in UTC. */
export const instant = z.string().transform((text, context): Instant => {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':') ? text : `${text}Z`;
  const time = new Date(zoned);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  context.addIssue({ code: 'custom', message: 'expected a time' });
  return z.NEVER;
});
