// What the commands of sessions, features, runs and deltas take. As with memories, what was left out is undefined or null.
import type { JsonObject } from '../domain/event.ts';
import type { FeatureStatus } from '../domain/feature.ts';
import type { SessionStatus } from '../domain/session.ts';
import type {
  DeprecateMemoryInput,
  Maybe,
  RecordMemoryInput,
  RecordReflectionInput,
  ReviseMemoryInput,
  VoteInput,
} from './inputs.ts';

export type StartSessionInput = {
  id?: Maybe<string>;
  title?: Maybe<string>;
  agent?: Maybe<string>;
  user?: Maybe<string>;
  namespace?: Maybe<string>;
  items?: Maybe<readonly string[]>;
  total?: Maybe<number>;
  commandId?: Maybe<string>;
};
export type ProgressSessionInput = {
  id: string;
  completed?: Maybe<readonly string[]>;
  inProgress?: Maybe<readonly string[]>;
  next?: Maybe<readonly string[]>;
  blocked?: Maybe<readonly { name: string; reason: string }[]>;
  removed?: Maybe<readonly string[]>;
  summary?: Maybe<string>;
  lastAction?: Maybe<string>;
  status?: Maybe<SessionStatus>;
  total?: Maybe<number>;
  expectedVersion?: Maybe<number>;
  commandId?: Maybe<string>;
};

export type DeclareFeatureInput = {
  id: string;
  namespace?: Maybe<string>;
  description: string;
  category?: Maybe<string>;
  session?: Maybe<string>;
  testSteps?: Maybe<readonly string[]>;
  commandId?: Maybe<string>;
};
export type UpdateFeatureInput = {
  id: string;
  namespace?: Maybe<string>;
  status: FeatureStatus;
  implementedBy?: Maybe<string>;
  verifiedBy?: Maybe<string>;
  notes?: Maybe<string>;
  failureReason?: Maybe<string>;
  expectedVersion?: Maybe<number>;
  commandId?: Maybe<string>;
};

export type StartRunInput = {
  id?: Maybe<string>;
  task: string;
  namespace?: Maybe<string>;
  memories?: Maybe<readonly string[]>;
  commandId?: Maybe<string>;
};
export type CompleteRunInput = {
  id: string;
  success: boolean;
  evaluation?: Maybe<JsonObject>;
  /** Those of the start, unless given. */
  memories?: Maybe<readonly string[]>;
  error?: Maybe<string>;
  errorPattern?: Maybe<string>;
  autoVote?: Maybe<boolean>;
  autoReflect?: Maybe<boolean>;
  commandId?: Maybe<string>;
};

/** Exactly one of them. */
export type DeltaOperation = {
  record?: Maybe<RecordMemoryInput>;
  revise?: Maybe<ReviseMemoryInput>;
  deprecate?: Maybe<DeprecateMemoryInput>;
  vote?: Maybe<VoteInput>;
  reflect?: Maybe<RecordReflectionInput>;
};
export type ApplyDeltaInput = { operations: readonly DeltaOperation[]; commandId?: Maybe<string> };
