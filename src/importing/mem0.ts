// A memory of Mem0's `get_all` (Python, snake case) or `getAll` (TypeScript, camel case): `{"results": [ … ]}`, or the
// list alone.
import * as z from 'zod';
import type { JsonObject } from '../domain/event.ts';
import { instant, jsonObject, nameOf, problemOf, type ReadMemory, withOrigin } from './imported-memory.ts';

const text = z.string().nullish();
const time = instant.nullish();

const schema = z.object({
  id: z.string(),
  memory: z.string(),
  metadata: jsonObject.nullish(),
  categories: z.array(z.string()).nullish(),
  user_id: text,
  agent_id: text,
  run_id: text,
  app_id: text,
  actor_id: text,
  created_at: time,
  expiration_date: time,
});

/** `createdAt` is read as `created_at`. */
const asPython = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          inner,
        ]),
      );

/**
 * Mem0 has no scopes: whoever knows a user's or a run's id reads its memories. So what belongs to no agent is GLOBAL, and
 * what belongs to one is its own. A run is a session, an app a namespace.
 */
export const readMem0: ReadMemory = (value) => {
  const { data: memory, error } = schema.safeParse(asPython(value));
  if (error) return { problem: problemOf(error) };
  const { agent_id: agent, categories } = memory;
  const kept: JsonObject = { ...memory.metadata, ...(categories?.length ? { categories } : {}) };
  return {
    agent: agent ? nameOf(agent) : null,
    input: {
      content: memory.memory,
      namespace: nameOf(memory.app_id || 'default'),
      scope: agent ? 'AGENT_PRIVATE' : 'GLOBAL',
      author: memory.actor_id || null,
      user: memory.user_id || null,
      session: memory.run_id || null,
      occurredAt: memory.created_at ?? null,
      metadata: withOrigin(kept, 'mem0', memory.id),
    },
    lesson: null,
    expiresAt: memory.expiration_date ?? null,
    votes: { helpful: 0, harmful: 0 },
    deprecation: null,
  };
};
