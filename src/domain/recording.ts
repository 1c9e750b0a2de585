// Recording a memory or a reflection: what is taken, and the event it makes.
import {
  checkCount,
  checkInstant,
  checkMetadata,
  checkName,
  checkNames,
  checkOptionalText,
  checkText,
  checkTtl,
} from './checks.ts';
import type { Instant, JsonObject } from './event.ts';
import { failure } from './failure.ts';
import { limits } from './limits.ts';
import type { Lesson, MemoryType, Recording, SharedWith, Source } from './memory.ts';
import type { Scope } from './visibility.ts';

export type NewMemory = {
  content: string;
  type: MemoryType;
  namespace: string;
  scope: Scope;
  sharedWith: SharedWith;
  /** null: the agent itself. */
  author: string | null;
  user: string | null;
  session: string | null;
  /** null: now. */
  occurredAt: Instant | null;
  metadata: JsonObject;
  /** Seconds to live; null: lasting. */
  ttl: number | null;
  sources: Source[];
};

export type NewReflection = Omit<NewMemory, 'author' | 'session' | 'occurredAt' | 'ttl'> & { lesson: Lesson };

export function record(given: NewMemory, agent: string, now: Instant): Recording {
  checkMemory(given);
  const { ttl, ...rest } = given;
  return {
    type: 'memory.recorded',
    data: {
      ...rest,
      agent,
      author: given.author ?? agent,
      occurredAt: given.occurredAt ?? now,
      expiresAt: ttl === null ? null : secondsAfter(now, ttl),
    },
  };
}

export function reflect({ lesson, ...given }: NewReflection, agent: string, now: Instant): Recording {
  const memory = { ...given, author: null, session: null, occurredAt: null, ttl: null };
  if (given.type !== 'REFLECTION' && given.type !== 'STRATEGY')
    throw failure('INVALID_INPUT', 'the type of a reflection is REFLECTION or STRATEGY', { field: 'type' });
  checkLesson(lesson);
  return { type: 'reflection.recorded', data: { ...record(memory, agent, now).data, lesson } };
}

function checkMemory(given: NewMemory): void {
  checkText(given.content, 'content', limits.content);
  checkName(given.namespace, 'namespace');
  checkSharing(given.scope, given.sharedWith);
  checkOptionalText(given.author, 'author', limits.label);
  checkOptionalText(given.user, 'user', limits.label);
  checkOptionalText(given.session, 'session', limits.label);
  if (given.occurredAt !== null) checkInstant(given.occurredAt, 'occurredAt');
  checkMetadata(given.metadata);
  if (given.ttl !== null) checkTtl(given.ttl);
  checkSources(given.sources);
}

export function checkSharing(scope: Scope, { agents, teams }: SharedWith): void {
  checkNames(agents, 'sharedWith.agents', limits.sharedWith);
  checkNames(teams, 'sharedWith.teams', limits.sharedWith);
  if (scope !== 'AGENT_SHARED' && agents.length + teams.length > 0)
    throw failure('INVALID_INPUT', 'sharedWith names someone, which only the scope AGENT_SHARED allows', {
      field: 'sharedWith',
    });
}

function checkSources(sources: readonly Source[]): void {
  checkCount(sources, 'sources', limits.sources);
  sources.forEach(({ memory, message, session, quote }, index) => {
    const field = `sources.${index}`;
    checkOptionalText(memory, `${field}.memory`, limits.label);
    checkOptionalText(message, `${field}.message`, limits.label);
    checkOptionalText(session, `${field}.session`, limits.label);
    checkOptionalText(quote, `${field}.quote`, limits.quote);
    if (memory === null && message === null && session === null && quote === null)
      throw failure('INVALID_INPUT', `${field} names nothing`, { field });
  });
}

function checkLesson({ errorPattern, correctApproach, applicableContexts, trajectory }: Lesson): void {
  checkOptionalText(errorPattern, 'errorPattern', limits.errorPattern);
  checkOptionalText(correctApproach, 'correctApproach', limits.correctApproach);
  checkOptionalText(trajectory, 'trajectory', limits.trajectory);
  checkCount(applicableContexts, 'applicableContexts', limits.applicableContexts);
  applicableContexts.forEach((context, index) => {
    checkText(context, `applicableContexts.${index}`, limits.applicableContext);
  });
}

const secondsAfter = (now: Instant, seconds: number): Instant =>
  new Date(Date.parse(now) + seconds * 1000).toISOString();
