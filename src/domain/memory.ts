// A memory: its events, and the state they fold to. Decisions are in memory-decisions.ts, votes in votes.ts.
import type { Instant, JsonObject, Recorded } from './event.ts';
import type { Scope } from './visibility.ts';

export const memoryTypes = [
  'STANDARD',
  'EPISODIC',
  'SEMANTIC',
  'PROCEDURAL',
  'STRATEGY',
  'REFLECTION',
  'PROGRESS',
] as const;
export type MemoryType = (typeof memoryTypes)[number];

export type SharedWith = { agents: string[]; teams: string[] };
export type Source = { memory: string | null; message: string | null; session: string | null; quote: string | null };
export type Lesson = {
  errorPattern: string | null;
  correctApproach: string | null;
  applicableContexts: string[];
  trajectory: string | null;
};
export type Deprecation = { at: Instant; by: string; reason: string | null; supersededBy: string | null };

/** What is given once, when the memory is recorded. */
export type RecordedMemory = {
  agent: string;
  author: string;
  type: MemoryType;
  content: string;
  metadata: JsonObject;
  namespace: string;
  scope: Scope;
  sharedWith: SharedWith;
  user: string | null;
  session: string | null;
  occurredAt: Instant;
  expiresAt: Instant | null;
  sources: Source[];
};

export type Recording =
  | { type: 'memory.recorded'; data: RecordedMemory }
  | { type: 'reflection.recorded'; data: RecordedMemory & { lesson: Lesson } };

/** Only what changed is named; `metadata` is the whole object after the merge. */
export type Revision = { content?: string; metadata?: JsonObject; expiresAt?: Instant | null };

export type MemoryChange =
  | { type: 'memory.revised'; data: Revision }
  | { type: 'memory.shared'; data: { scope: Scope; sharedWith: SharedWith } }
  | { type: 'memory.deprecated'; data: { reason: string | null; supersededBy: string | null } }
  | { type: 'memory.restored'; data: Record<string, never> }
  | { type: 'memory.forgotten'; data: { reason: string | null } };

export type MemoryEvent = Recording | MemoryChange;

export type Memory = RecordedMemory & {
  id: string;
  tenant: string;
  /** Revision of the last event of this union; the stream's own version also counts votes (`versionOf` in memory-view.ts). */
  revision: number;
  createdAt: Instant;
  updatedAt: Instant;
  lesson: Lesson | null;
  deprecation: Deprecation | null;
  /** Forgotten: no read returns it; its history stays for audit. */
  forgotten: boolean;
};

export const isAlive = (memory: Memory, now: Instant): boolean =>
  !memory.forgotten && (memory.expiresAt === null || memory.expiresAt > now);

/**
 * The sources as they are shown to one who cannot read all memories that they name. What is nothing but such a name is
 * left out: nobody is to count what is hidden.
 */
export const sourcesFor = (sources: readonly Source[], isReadable: (memory: string) => boolean): Source[] =>
  sources.flatMap((source) => {
    if (source.memory === null || isReadable(source.memory)) return [source];
    const { message, session, quote } = source;
    return message === null && session === null && quote === null ? [] : [{ ...source, memory: null }];
  });

/** Folds one event; null is the state before the first. */
export function evolve(state: Memory | null, event: MemoryEvent, at: Recorded): Memory | null {
  if (event.type === 'memory.recorded' || event.type === 'reflection.recorded') {
    const { lesson = null, ...recorded } = { lesson: null, ...event.data };
    return {
      ...recorded,
      id: at.id,
      tenant: at.tenant,
      revision: at.revision,
      createdAt: at.recordedAt,
      updatedAt: at.recordedAt,
      lesson,
      deprecation: null,
      forgotten: false,
    };
  }
  if (state === null) return null;
  return { ...state, ...changed(event, at), revision: at.revision, updatedAt: at.recordedAt };
}

function changed(event: MemoryChange, at: Recorded): Partial<Memory> {
  switch (event.type) {
    case 'memory.revised':
    case 'memory.shared':
      return event.data;
    case 'memory.deprecated':
      return { deprecation: { at: at.recordedAt, by: at.actor, ...event.data } };
    case 'memory.restored':
      return { deprecation: null };
    case 'memory.forgotten':
      return { forgotten: true };
  }
}
