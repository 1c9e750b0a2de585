// What a rebuild is told of: nothing in it shows what memories say.
import type { Instant } from '../domain/event.ts';
import type { Builds } from '../views/view-builds.ts';
import type { DocumentKind } from '../views/view-store.ts';

export type RebuildPhase = 'IDLE' | 'FILLING' | 'EMBEDDING' | 'COMPARING' | 'SWITCHING';

/** Of one kind: how many there are on either side, and how many of them on one side only. */
export type DocumentCounts = { kind: DocumentKind; documents: number; missing: number; extra: number };

/** The views that were filled, against those that answered. */
export type Comparison = {
  documents: DocumentCounts[];
  questions: number;
  /** Questions to which both gave the same answer. */
  same: number;
  /** The share of an answer that both gave, over all questions; 1 without any. */
  agreement: number;
  /** By their words alone: only one side has vectors of this server's embedder, or that is away. */
  byWords: boolean;
  /** Nothing differs beyond what approximate search explains. */
  matches: boolean;
};

export type RebuildOutcome = {
  /** DIFFERENT: filled, but it may not answer unless it is accepted. STOPPED: it can be gone on with. */
  result: 'SWITCHED' | 'DIFFERENT' | 'FAILED' | 'STOPPED';
  /** One sentence; null where there is nothing to add. */
  reason: string | null;
  at: Instant;
};

export type RebuildStatus = {
  phase: RebuildPhase;
  /** Of the phase: events, vectors, documents and questions; 0 of 0 while that is not known. */
  done: number;
  total: number;
  /** Why it does not get on, if it does not; it tries again by itself. */
  trouble: string | null;
  /** Of this server's last rebuild. */
  outcome: RebuildOutcome | null;
  comparison: Comparison | null;
  builds: Builds;
};
