// The API's defaults, for what an input leaves out.
import type { SharedWith, Source } from '../domain/memory.ts';
import type { NewMemory, NewReflection } from '../domain/recording.ts';
import type { Maybe, RecordMemoryInput, RecordReflectionInput, SharedWithInput, SourceInput } from './inputs.ts';

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

export const sharedWithOf = (input: Maybe<SharedWithInput>): SharedWith => ({
  agents: [...new Set(input?.agents)],
  teams: [...new Set(input?.teams)],
});

const sourceOf = ({ memory, message, session, quote }: SourceInput): Source => ({
  memory: memory ?? null,
  message: message ?? null,
  session: session ?? null,
  quote: quote ?? null,
});
