// A line of Annals' own `/export?format=memories`.
import * as z from 'zod';
import { memoryTypes } from '../domain/memory.ts';
import { scopes } from '../domain/visibility.ts';
import { instant, jsonObject, problemOf, type ReadMemory, withOrigin } from './imported-memory.ts';

const text = z.string();
const optional = text.nullable();
const texts = z.array(text);

const schema = z.object({
  id: text,
  agent: text,
  author: text,
  type: z.enum(memoryTypes),
  content: text,
  metadata: jsonObject,
  namespace: text,
  scope: z.enum(scopes),
  sharedWith: z.object({ agents: texts, teams: texts }),
  user: optional,
  session: optional,
  occurredAt: instant,
  expiresAt: instant.nullable(),
  sources: z.array(z.object({ memory: optional, message: optional, session: optional, quote: optional })),
  lesson: z
    .object({
      errorPattern: optional,
      correctApproach: optional,
      applicableContexts: texts,
      trajectory: optional,
    })
    .nullable(),
  deprecation: z.object({ reason: optional }).nullable(),
  effectiveness: z.object({ helpful: z.int().nonnegative(), harmful: z.int().nonnegative() }),
});

/** A source that is a memory keeps its id as a message's: there it was a memory, here it is none. */
export const readAnnalsMemory: ReadMemory = (value) => {
  const { data: line, error } = schema.safeParse(value);
  if (error) return { problem: problemOf(error) };
  const { id, agent, metadata, sources, lesson, expiresAt, deprecation, effectiveness, ...input } = line;
  return {
    agent,
    input: {
      ...input,
      metadata: withOrigin(metadata, 'annals', id),
      sources: sources.map(({ memory, message, ...source }) => ({ ...source, message: message ?? memory })),
    },
    lesson,
    expiresAt,
    votes: effectiveness,
    deprecation,
  };
};
