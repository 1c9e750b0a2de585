// What a command works with, and what one answers.
import type { Caller } from '../access/caller.ts';
import type { Directory } from '../access/directory.ts';
import type { Position } from '../domain/event.ts';
import type { Feature } from '../domain/feature.ts';
import type { Handoff } from '../domain/handoff.ts';
import type { Key } from '../domain/key.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import type { Run } from '../domain/run.ts';
import type { Session } from '../domain/session.ts';
import type { Team } from '../domain/team.ts';
import type { EventLog } from '../log/event-log.ts';
import type { ParkedStream, ViewReader, ViewWriter } from '../views/view-store.ts';
import type { RecentStates } from './recent-states.ts';
import type { Turns } from './turns.ts';

export type CommandDependencies = {
  log: EventLog;
  directory: Directory;
  clock: () => Date;
  findText: ViewReader['findText'];
  parked: ViewWriter['parked'];
  /** Resolves when the views have the position; fails with UNAVAILABLE after 2 s. */
  caughtUp: (position: Position) => Promise<void>;
  /** What the caller may read that others may read too and that fits a task, best first, as of `position` or later. */
  recall?: (caller: Caller, task: string, position: Position) => Promise<MemoryView[]>;
};

export type CommandContext = CommandDependencies & { turns: Turns; sessions: RecentStates<Session>; caller: Caller };

/** The memory as it is after the command. `duplicate`: dedupe found it, nothing was recorded. */
export type MemoryResult = { memory: MemoryView; position: Position; duplicate: boolean };
/** In the order of the input. */
export type MemoriesResult = { memories: MemoryView[]; position: Position };
/** The memories that the operations named or recorded, in their order: one an operation, as it is after all of them. */
export type DeltaResult = { memories: MemoryView[]; position: Position };
export type SessionResult = { session: Session; position: Position };
export type FeatureResult = { feature: Feature; position: Position };
export type RunResult = { run: Run; position: Position };
export type ForgetResult = { id: string; position: Position };
/** As the caller is shown it. */
export type HandoffResult = { handoff: Handoff; position: Position };
export type TeamResult = { team: Team; position: Position };
/** What is parked when the position was reached, or could not be waited for. */
export type RetryResult = { parked: ParkedStream[]; position: Position };
/** `secret` is nowhere else: it cannot be shown again. */
export type KeyResult = { key: Key; secret: string };
