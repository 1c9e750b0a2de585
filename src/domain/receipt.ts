// A receipt: a search that was kept, with what was asked and what came back, so that it can be asked again.
import type { Instant, JsonObject, Position, Recorded } from './event.ts';

/** What made a score. */
export type KeptExplain = {
  similarity: number | null;
  coverage: number | null;
  matchedTerms: string[];
  passage: [start: number, end: number] | null;
  decay: number | null;
  effectiveness: number | null;
};

/** Memories by id: what they hold is in their own streams, as it was then. */
export type KeptHit = { id: string; score: number; explain: KeptExplain };

export type KeptSearch = {
  /** Whose rights it was asked with; null: the operator's. */
  agent: string | null;
  /** The question with all its defaults. */
  input: JsonObject;
  /** What the answer was true at. */
  position: Position;
  /** The time that decided what had expired and how old it was. */
  now: Instant;
  hits: KeptHit[];
};

export type ReceiptEvent = { type: 'search.kept'; data: KeptSearch };

export type Receipt = KeptSearch & { id: string; at: Instant; by: string };

export const evolve = (_state: Receipt | null, { data }: ReceiptEvent, at: Recorded): Receipt => ({
  ...data,
  id: at.id,
  at: at.recordedAt,
  by: at.actor,
});
