// How each event type is written today, and how older writings of it are lifted. Strict on what the domain relies on;
// what it does not know is left out.
import * as z from 'zod';
import type { EventMetadata, JsonObject } from '../domain/event.ts';
import { type KeyEvent, roles } from '../domain/key.ts';
import { type MemoryEvent, memoryTypes } from '../domain/memory.ts';
import type { TeamEvent } from '../domain/team.ts';
import type { TextEvent } from '../domain/text-claim.ts';
import { scopes } from '../domain/visibility.ts';
import { type VoteEvent, voteValues } from '../domain/votes.ts';

export type DomainEvent = MemoryEvent | VoteEvent | TextEvent | TeamEvent | KeyEvent;
export type EventType = DomainEvent['type'];
type DataOf<T extends EventType> = Extract<DomainEvent, { type: T }>['data'];

/** Lifts data from one schema number to the next. */
export type Upcaster = (data: JsonObject) => JsonObject;

export type Format<Data = unknown> = {
  /** The number that is written. */
  schema: number;
  data: z.ZodType<Data>;
  /** By the number they lift from: one for each number below `schema`. */
  upcasters: Readonly<Record<number, Upcaster>>;
};

export const metadataFormat: z.ZodType<EventMetadata> = z.object({
  correlationId: z.string(),
  causationId: z.string().exactOptional(),
  commandId: z.string().exactOptional(),
  actor: z.string(),
  tenant: z.string(),
  schema: z.int().positive(),
});

const text = z.string();
const optional = text.nullable();
const texts = z.array(text);
const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const sharedWith = z.object({ agents: texts, teams: texts });

const recorded = z.object({
  agent: text,
  author: text,
  type: z.enum(memoryTypes),
  content: text,
  metadata: json,
  namespace: text,
  scope: z.enum(scopes),
  sharedWith,
  user: optional,
  session: optional,
  occurredAt: text,
  expiresAt: optional,
  sources: z.array(z.object({ memory: optional, message: optional, session: optional, quote: optional })),
});

const lesson = z.object({
  errorPattern: optional,
  correctApproach: optional,
  applicableContexts: texts,
  trajectory: optional,
});

const nothing: z.ZodType<Record<string, never>> = z.object({});

const first = <Data>(data: z.ZodType<Data>): Format<Data> => ({ schema: 1, data, upcasters: {} });

export const formats: { readonly [T in EventType]: Format<DataOf<T>> } = {
  'memory.recorded': first(recorded),
  'reflection.recorded': first(recorded.extend({ lesson })),
  'memory.revised': first(
    z.object({
      content: text.exactOptional(),
      metadata: json.exactOptional(),
      expiresAt: optional.exactOptional(),
    }),
  ),
  'memory.shared': first(z.object({ scope: z.enum(scopes), sharedWith })),
  'memory.deprecated': first(z.object({ reason: optional, supersededBy: optional })),
  'memory.restored': first(nothing),
  'memory.forgotten': first(z.object({ reason: optional })),
  'memory.voted': first(
    z.object({ voter: text, task: optional, value: z.enum(voteValues), context: optional, own: z.boolean() }),
  ),
  'memory.vote-retracted': first(z.object({ voter: text, task: optional })),
  'text.claimed': first(z.object({ memory: text })),
  'team.joined': first(z.object({ agents: texts })),
  'team.left': first(z.object({ agents: texts })),
  'key.issued': first(
    z.object({ hash: text, role: z.enum(roles), agent: optional, label: optional, expiresAt: optional }),
  ),
  'key.revoked': first(nothing),
};
