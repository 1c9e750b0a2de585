// A memory of Aegis Memory's export (`aegis export`): JSON lines, or `{"memories": [ … ]}`.
import * as z from 'zod';
import { memoryTypes } from '../domain/memory.ts';
import type { Scope } from '../domain/visibility.ts';
import { instant, jsonObject, nameOf, problemOf, type ReadMemory, withOrigin } from './imported-memory.ts';

const scopes: Record<string, Scope> = {
  'agent-private': 'AGENT_PRIVATE',
  'agent-shared': 'AGENT_SHARED',
  global: 'GLOBAL',
};

const text = z.string();
const count = z.int().nonnegative().nullish();

const schema = z.object({
  id: text,
  content: text,
  agent_id: text.nullish(),
  user_id: text.nullish(),
  session_id: text.nullish(),
  namespace: text.nullish(),
  scope: z.enum(Object.keys(scopes)).nullish(),
  shared_with_agents: z.array(text).nullish(),
  memory_type: text.nullish(),
  metadata: jsonObject.nullish(),
  created_at: instant.nullish(),
  expires_at: instant.nullish(),
  is_deprecated: z.boolean().nullish(),
  bullet_helpful: count,
  bullet_harmful: count,
});

/** Types that are not known here (`feature`, `control`) become STANDARD, and stay in the metadata by their name. */
export const readAegis: ReadMemory = (value) => {
  const { data: line, error } = schema.safeParse(value);
  if (error) return { problem: problemOf(error) };
  const scope = scopes[line.scope ?? 'agent-private'] ?? 'AGENT_PRIVATE';
  const type = memoryTypes.find((name) => name.toLowerCase() === (line.memory_type ?? 'standard'));
  const metadata = withOrigin(line.metadata ?? {}, 'aegis', line.id);
  return {
    agent: line.agent_id ? nameOf(line.agent_id) : null,
    input: {
      content: line.content,
      type: type ?? 'STANDARD',
      namespace: nameOf(line.namespace ?? 'default'),
      scope,
      sharedWith: { agents: scope === 'AGENT_SHARED' ? (line.shared_with_agents ?? []).map(nameOf) : [] },
      user: line.user_id || null,
      session: line.session_id || null,
      occurredAt: line.created_at ?? null,
      metadata: type === undefined && line.memory_type ? { ...metadata, aegisType: line.memory_type } : metadata,
    },
    lesson: null,
    expiresAt: line.expires_at ?? null,
    votes: { helpful: line.bullet_helpful ?? 0, harmful: line.bullet_harmful ?? 0 },
    deprecation: line.is_deprecated ? { reason: null } : null,
  };
};
