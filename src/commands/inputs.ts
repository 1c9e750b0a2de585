// What commands take: the API's inputs, with what was left out as undefined or null and its default filled in here.
import type { Instant, JsonObject } from '../domain/event.ts';
import type { Role } from '../domain/key.ts';
import type { MemoryType } from '../domain/memory.ts';
import type { Scope } from '../domain/visibility.ts';
import type { VoteValue } from '../domain/votes.ts';

export type Maybe<T> = T | null | undefined;

export type SharedWithInput = { agents?: Maybe<readonly string[]>; teams?: Maybe<readonly string[]> };
export type SourceInput = {
  memory?: Maybe<string>;
  message?: Maybe<string>;
  session?: Maybe<string>;
  quote?: Maybe<string>;
};

export type RecordMemoryInput = {
  content: string;
  type?: Maybe<MemoryType>;
  namespace?: Maybe<string>;
  scope?: Maybe<Scope>;
  sharedWith?: Maybe<SharedWithInput>;
  author?: Maybe<string>;
  user?: Maybe<string>;
  session?: Maybe<string>;
  occurredAt?: Maybe<Instant>;
  metadata?: Maybe<JsonObject>;
  ttl?: Maybe<number>;
  sources?: Maybe<readonly SourceInput[]>;
  dedupe?: Maybe<boolean>;
  commandId?: Maybe<string>;
};

export type RecordReflectionInput = {
  content: string;
  errorPattern?: Maybe<string>;
  correctApproach?: Maybe<string>;
  applicableContexts?: Maybe<readonly string[]>;
  trajectory?: Maybe<string>;
  type?: Maybe<MemoryType>;
  namespace?: Maybe<string>;
  scope?: Maybe<Scope>;
  sharedWith?: Maybe<SharedWithInput>;
  user?: Maybe<string>;
  metadata?: Maybe<JsonObject>;
  sources?: Maybe<readonly SourceInput[]>;
  commandId?: Maybe<string>;
};

/** What every change of a memory may name. */
type Change = { id: string; expectedVersion?: Maybe<number>; commandId?: Maybe<string> };

export type ReviseMemoryInput = Change & {
  content?: Maybe<string>;
  metadata?: Maybe<JsonObject>;
  scope?: Maybe<Scope>;
  sharedWith?: Maybe<SharedWithInput>;
  /** null makes it lasting; undefined leaves it. */
  expiresAt?: Maybe<Instant>;
};
export type DeprecateMemoryInput = Change & { reason?: Maybe<string>; supersededBy?: Maybe<string> };
export type RestoreMemoryInput = Change;
export type ForgetMemoryInput = Change & { reason?: Maybe<string> };

export type VoteInput = {
  memory: string;
  value: VoteValue;
  task?: Maybe<string>;
  context?: Maybe<string>;
  commandId?: Maybe<string>;
};
export type RetractVoteInput = { memory: string; task?: Maybe<string>; commandId?: Maybe<string> };

export type RecipientInput = { agent?: Maybe<string>; team?: Maybe<string> };
export type OfferHandoffInput = {
  to: RecipientInput;
  task: string;
  context?: Maybe<JsonObject>;
  memories?: Maybe<readonly string[]>;
  recall?: Maybe<number>;
  session?: Maybe<string>;
  ttl?: Maybe<number>;
  commandId?: Maybe<string>;
};
export type AnswerHandoffInput = Change & { reason?: Maybe<string>; result?: Maybe<string> };

export type IssueKeyInput = {
  tenant?: Maybe<string>;
  role: Role;
  agent?: Maybe<string>;
  label?: Maybe<string>;
  ttl?: Maybe<number>;
};
