// Where memories are imported to: a server's API, or a log that nobody serves.
import type { DeprecateMemoryInput, RecordMemoryInput, RecordReflectionInput, VoteInput } from '../commands/inputs.ts';
import type { Instant } from '../domain/event.ts';

export type Recorded = { id: string; createdAt: Instant };

/** Commands as an agent. They fail as commands do, and with UNAVAILABLE when a server stays away. */
export type MemoryTarget = {
  /** By the clock that dates what is recorded: whatever it records from now on is not older. */
  now(): Promise<Instant>;
  /** In the order of the inputs; all or none. */
  record(agent: string, inputs: readonly RecordMemoryInput[]): Promise<Recorded[]>;
  reflect(agent: string, input: RecordReflectionInput): Promise<Recorded>;
  vote(agent: string, input: VoteInput): Promise<void>;
  deprecate(agent: string, input: DeprecateMemoryInput): Promise<void>;
  close(): void;
};
