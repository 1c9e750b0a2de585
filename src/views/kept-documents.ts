// Documents as adapters keep them, in JSON, and the last check before one leaves the views.
import type { Instant } from '../domain/event.ts';
import { isAlive, type Memory } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import { noVotes, type Votes } from '../domain/votes.ts';

/** A memory's documents, as JSON; no votes yet: null. */
export type DocumentPair = { document: string; votes: string | null };

/** The documents of a row, if its reader may have it: the last check before anything leaves the views. */
export function readable(reader: Reader, pair: DocumentPair, now: Instant): MemoryView | null {
  const memory = JSON.parse(pair.document) as Memory;
  if (!canRead(reader, memory) || !isAlive(memory, now)) return null;
  return { memory, votes: pair.votes === null ? noVotes : (JSON.parse(pair.votes) as Votes) };
}

/** What is left of a forgotten memory: that it was. */
export function tombstone(tenant: string, id: string, revision: number): Memory {
  return {
    id,
    tenant,
    revision,
    forgotten: true,
    agent: '',
    author: '',
    type: 'STANDARD',
    content: '',
    metadata: {},
    namespace: '',
    scope: 'AGENT_PRIVATE',
    sharedWith: { agents: [], teams: [] },
    user: null,
    session: null,
    occurredAt: '',
    createdAt: '',
    updatedAt: '',
    expiresAt: null,
    sources: [],
    lesson: null,
    deprecation: null,
  };
}
