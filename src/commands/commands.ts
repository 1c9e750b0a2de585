// Every command of the API, bound to who calls: load → decide → append. They read the log, not the views, so that
// writing goes on while the views are away (only `dedupe` asks them).
import type { Caller } from '../access/caller.ts';
import type { Key } from '../domain/key.ts';
import type {
  CommandDependencies,
  DeltaResult,
  FeatureResult,
  ForgetResult,
  HandoffResult,
  KeyResult,
  MemoriesResult,
  MemoryResult,
  RetryResult,
  RunResult,
  SessionResult,
  TeamResult,
} from './context.ts';
import { applyDelta } from './deltas.ts';
import { declareFeature, updateFeature } from './features.ts';
import { offerHandoff } from './handoff-offers.ts';
import { acceptHandoff, cancelHandoff, completeHandoff, declineHandoff } from './handoffs.ts';
import type {
  AnswerHandoffInput,
  DeprecateMemoryInput,
  ForgetMemoryInput,
  IssueKeyInput,
  OfferHandoffInput,
  RecordMemoryInput,
  RecordReflectionInput,
  RestoreMemoryInput,
  RetractVoteInput,
  ReviseMemoryInput,
  VoteInput,
} from './inputs.ts';
import { issueKey, revokeKey } from './keys.ts';
import { deprecateMemory, forgetMemory, restoreMemory, reviseMemory } from './memories.ts';
import { retryParked } from './parking.ts';
import { createRecentStates } from './recent-states.ts';
import { recordMemories, recordMemory, recordReflection } from './recordings.ts';
import { completeRun, startRun } from './runs.ts';
import { progressSession } from './session-progress.ts';
import { sessionNoun } from './session-stream.ts';
import { startSession } from './sessions.ts';
import { addToTeam, removeFromTeam } from './teams.ts';
import { createTurns } from './turns.ts';
import { retractVote, vote } from './votes.ts';
import type {
  ApplyDeltaInput,
  CompleteRunInput,
  DeclareFeatureInput,
  ProgressSessionInput,
  StartRunInput,
  StartSessionInput,
  UpdateFeatureInput,
} from './work-inputs.ts';

export type Commands = {
  recordMemory(input: RecordMemoryInput): Promise<MemoryResult>;
  /** All or none. An input's own commandId makes that one safe to send again, alone or in any batch. */
  recordMemories(inputs: readonly RecordMemoryInput[], commandId?: string | null): Promise<MemoriesResult>;
  recordReflection(input: RecordReflectionInput): Promise<MemoryResult>;
  reviseMemory(input: ReviseMemoryInput): Promise<MemoryResult>;
  deprecateMemory(input: DeprecateMemoryInput): Promise<MemoryResult>;
  restoreMemory(input: RestoreMemoryInput): Promise<MemoryResult>;
  forgetMemory(input: ForgetMemoryInput): Promise<ForgetResult>;
  vote(input: VoteInput): Promise<MemoryResult>;
  retractVote(input: RetractVoteInput): Promise<MemoryResult>;
  /** All or none, in order. */
  applyDelta(input: ApplyDeltaInput): Promise<DeltaResult>;
  startSession(input: StartSessionInput): Promise<SessionResult>;
  progressSession(input: ProgressSessionInput): Promise<SessionResult>;
  declareFeature(input: DeclareFeatureInput): Promise<FeatureResult>;
  updateFeature(input: UpdateFeatureInput): Promise<FeatureResult>;
  startRun(input: StartRunInput): Promise<RunResult>;
  /** Votes and reflects in the same append. */
  completeRun(input: CompleteRunInput): Promise<RunResult>;
  offerHandoff(input: OfferHandoffInput): Promise<HandoffResult>;
  acceptHandoff(input: AnswerHandoffInput): Promise<HandoffResult>;
  declineHandoff(input: AnswerHandoffInput): Promise<HandoffResult>;
  completeHandoff(input: AnswerHandoffInput): Promise<HandoffResult>;
  cancelHandoff(input: AnswerHandoffInput): Promise<HandoffResult>;
  addToTeam(team: string, agents: readonly string[]): Promise<TeamResult>;
  removeFromTeam(team: string, agents: readonly string[]): Promise<TeamResult>;
  issueKey(input: IssueKeyInput): Promise<KeyResult>;
  revokeKey(id: string): Promise<Key>;
  /** Of one stream, or of all (null). */
  retryParked(stream: string | null): Promise<RetryResult>;
};

export function createCommands(dependencies: CommandDependencies): (caller: Caller) => Commands {
  const turns = createTurns();
  const sessions = createRecentStates(dependencies.log, sessionNoun);
  return (caller) => {
    const context = { ...dependencies, turns, sessions, caller };
    return {
      recordMemory: (input) => recordMemory(context, input),
      recordMemories: (inputs, commandId) => recordMemories(context, inputs, commandId),
      recordReflection: (input) => recordReflection(context, input),
      reviseMemory: (input) => reviseMemory(context, input),
      deprecateMemory: (input) => deprecateMemory(context, input),
      restoreMemory: (input) => restoreMemory(context, input),
      forgetMemory: (input) => forgetMemory(context, input),
      vote: (input) => vote(context, input),
      retractVote: (input) => retractVote(context, input),
      applyDelta: (input) => applyDelta(context, input),
      startSession: (input) => startSession(context, input),
      progressSession: (input) => progressSession(context, input),
      declareFeature: (input) => declareFeature(context, input),
      updateFeature: (input) => updateFeature(context, input),
      startRun: (input) => startRun(context, input),
      completeRun: (input) => completeRun(context, input),
      offerHandoff: (input) => offerHandoff(context, input),
      acceptHandoff: (input) => acceptHandoff(context, input),
      declineHandoff: (input) => declineHandoff(context, input),
      completeHandoff: (input) => completeHandoff(context, input),
      cancelHandoff: (input) => cancelHandoff(context, input),
      addToTeam: (team, agents) => addToTeam(context, team, agents),
      removeFromTeam: (team, agents) => removeFromTeam(context, team, agents),
      issueKey: (input) => issueKey(context, input),
      revokeKey: (id) => revokeKey(context, id),
      retryParked: (stream) => retryParked(context, stream),
    };
  };
}
