// How each event type is written today, and how older writings of it are lifted. Strict on what the domain relies on;
// what it does not know is left out.
import * as z from 'zod';
import type { EventMetadata, JsonObject } from '../domain/event.ts';
import { type FeatureEvent, featureStatuses } from '../domain/feature.ts';
import type { HandoffEvent } from '../domain/handoff.ts';
import { type KeyEvent, roles } from '../domain/key.ts';
import { type MemoryEvent, memoryTypes } from '../domain/memory.ts';
import type { ParkingEvent } from '../domain/parking.ts';
import type { ReceiptEvent } from '../domain/receipt.ts';
import type { RunEvent } from '../domain/run.ts';
import { type SessionEvent, sessionStatuses } from '../domain/session.ts';
import type { TeamEvent } from '../domain/team.ts';
import type { TextEvent } from '../domain/text-claim.ts';
import { scopes } from '../domain/visibility.ts';
import { type VoteEvent, voteValues } from '../domain/votes.ts';

export type DomainEvent =
  | MemoryEvent
  | VoteEvent
  | TextEvent
  | TeamEvent
  | KeyEvent
  | SessionEvent
  | FeatureEvent
  | RunEvent
  | HandoffEvent
  | ReceiptEvent
  | ParkingEvent;
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

const number = z.number().nullable();
const explain = z.object({
  similarity: number,
  coverage: number,
  matchedTerms: texts,
  passage: z.tuple([z.number(), z.number()]).nullable(),
  decay: number,
  effectiveness: number,
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
  'session.started': first(
    z.object({
      agent: text,
      title: optional,
      user: optional,
      namespace: text,
      items: texts,
      total: z.int().nullable(),
    }),
  ),
  'session.progressed': first(
    z.object({
      next: texts,
      inProgress: texts,
      blocked: z.array(z.object({ name: text, reason: text })),
      completed: texts,
      removed: texts,
      summary: text.exactOptional(),
      lastAction: text.exactOptional(),
      status: z.enum(sessionStatuses).exactOptional(),
      total: z.int().exactOptional(),
    }),
  ),
  'feature.declared': first(
    z.object({
      id: text,
      namespace: text,
      description: text,
      category: optional,
      session: optional,
      testSteps: texts,
    }),
  ),
  'feature.updated': first(
    z.object({
      status: z.enum(featureStatuses),
      implementedBy: text.exactOptional(),
      verifiedBy: text.exactOptional(),
      notes: text.exactOptional(),
      failureReason: text.exactOptional(),
    }),
  ),
  'run.started': first(z.object({ agent: text, task: text, namespace: text, memories: texts })),
  'run.completed': first(
    z.object({
      success: z.boolean(),
      evaluation: json,
      memories: texts,
      error: optional,
      errorPattern: optional,
      voted: z.boolean(),
      reflections: texts,
    }),
  ),
  'handoff.offered': first(
    z.object({
      to: z.object({ agent: optional, team: optional }),
      task: text,
      context: json,
      memories: texts,
      session: optional,
      pinnedAt: text,
      expiresAt: optional,
      withheld: texts,
    }),
  ),
  'handoff.accepted': first(z.object({ reason: optional })),
  'handoff.declined': first(z.object({ reason: optional })),
  'handoff.completed': first(z.object({ reason: optional, result: optional })),
  'handoff.cancelled': first(z.object({ reason: optional })),
  'handoff.expired': first(nothing),
  'parking.retried': first(z.object({ stream: optional })),
  'search.kept': first(
    z.object({
      agent: optional,
      input: json,
      position: text,
      now: text,
      hits: z.array(z.object({ id: text, score: z.number(), explain })),
    }),
  ),
};
