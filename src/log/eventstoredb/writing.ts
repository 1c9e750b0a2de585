// What both kinds of append use.
import type { Appended, EventToStore } from './client.ts';
import type { Deletions } from './deletions.ts';
import type { Horizon } from './horizon.ts';
import type { Known } from './known.ts';
import type { Outcomes } from './outcomes.ts';
import type { Positions } from './positions.ts';
import type { Retries } from './retries.ts';
import type { StreamReader } from './stream-reader.ts';

/** `unsure`: an earlier try of the same append may have been kept, so what stands in its place may be its own. */
export type Answer = { appended: Appended | 'conflict'; unsure: boolean };

export type Writing = {
  reader: StreamReader;
  known: Known;
  deletions: Deletions;
  outcomes: Outcomes;
  retries: Retries;
  positions: Positions;
  horizon: Horizon;
  /** Insists until it is there, or refused. */
  append(stream: string, expected: number, events: EventToStore[]): Promise<Answer>;
  /** Where in the log an event of a stream stands. */
  commitOf(stream: string, revision: number): Promise<bigint>;
  /** Wakes those who follow the log, before the acknowledgement. */
  announce(commit: bigint): void;
  /** Work that nobody waits for, but closing. */
  background(work: Promise<unknown>): void;
};
