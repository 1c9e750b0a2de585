// What the index keeps of a memory beside its rows of text and vectors.
import type { Place } from '../../../text/context.ts';
import type { BucketState } from './buckets.ts';

export const NONE = -1;

export type Entry = Place & {
  readonly number: number;
  readonly bucket: BucketState;
  /** null too for a deprecated memory, which neither gives nor has context. */
  readonly contextKey: string | null;
  readonly expiresAt: string | null;
  readonly passages: PassageEntry[];
  /** The terms of author and date, a list of the forward index; NONE when no row has to be made again. */
  fields: number;
};

export type PassageEntry = {
  readonly entry: Entry;
  readonly index: number;
  readonly hash: string;
  /** The terms of its content, a list of the forward index; NONE when no row has to be made again. */
  terms: number;
  /** Its row of the text index; NONE until the index has settled. */
  row: number;
  /** Its row of the vectors; NONE while it has none. */
  slot: number;
  /** The passage whose vector is mixed in. */
  previous: PassageEntry | null;
  /** Others with the same hash. */
  earlier: PassageEntry | null;
  later: PassageEntry | null;
};
