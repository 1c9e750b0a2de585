// The API's defaults, for what an input leaves out.
import type { SharedWith, Source } from '../domain/memory.ts';
import type { Deprecating, Revising } from '../domain/memory-decisions.ts';
import type { NewMemory, NewReflection } from '../domain/recording.ts';
import type { Ballot } from '../domain/vote-decisions.ts';
import type {
  DeprecateMemoryInput,
  Maybe,
  RecordMemoryInput,
  RecordReflectionInput,
  ReviseMemoryInput,
  SharedWithInput,
  SourceInput,
  VoteInput,
} from './inputs.ts';

export const newMemoryOf = (input: RecordMemoryInput): NewMemory => ({
  ...commonOf(input),
  type: input.type ?? 'STANDARD',
  scope: input.scope ?? 'AGENT_PRIVATE',
  author: input.author ?? null,
  session: input.session ?? null,
  occurredAt: input.occurredAt ?? null,
  ttl: input.ttl ?? null,
});

export const newReflectionOf = (input: RecordReflectionInput): NewReflection => ({
  ...commonOf(input),
  type: input.type ?? 'REFLECTION',
  scope: input.scope ?? 'GLOBAL',
  lesson: {
    errorPattern: input.errorPattern ?? null,
    correctApproach: input.correctApproach ?? null,
    applicableContexts: [...new Set(input.applicableContexts)],
    trajectory: input.trajectory ?? null,
  },
});

const commonOf = (input: RecordMemoryInput | RecordReflectionInput) => ({
  content: input.content,
  namespace: input.namespace ?? 'default',
  sharedWith: sharedWithOf(input.sharedWith),
  user: input.user ?? null,
  metadata: input.metadata ?? {},
  sources: (input.sources ?? []).map(sourceOf),
});

export const revisingOf = (input: ReviseMemoryInput): Revising => ({
  content: input.content ?? undefined,
  metadata: input.metadata ?? undefined,
  scope: input.scope ?? undefined,
  sharedWith: input.sharedWith == null ? undefined : sharedWithOf(input.sharedWith),
  // null is an answer of its own here: lasting.
  expiresAt: input.expiresAt,
});

export const deprecatingOf = ({ reason = null, supersededBy = null }: DeprecateMemoryInput): Deprecating => ({
  reason,
  supersededBy,
});

export const ballotOf = ({ task = null, value, context = null }: VoteInput): Ballot => ({ task, value, context });

const sharedWithOf = (input: Maybe<SharedWithInput>): SharedWith => ({
  agents: [...new Set(input?.agents)],
  teams: [...new Set(input?.teams)],
});

const sourceOf = ({ memory, message, session, quote }: SourceInput): Source => ({
  memory: memory ?? null,
  message: message ?? null,
  session: session ?? null,
  quote: quote ?? null,
});
