// The streams that the adapter keeps for itself. None of their names is one of Annals' streams.
import { categories } from '../../domain/streams.ts';

/** One event: which log this is. */
export const LOG_STREAM = 'annals-log';
/** Which streams were deleted, up to which revision. */
export const DELETIONS_STREAM = 'annals-deletions';
const BATCH = 'batch-';

/** Holds the outcome of a batch, its one event. */
export const batchStream = (tenant: string, id: string): string => `${BATCH}${tenant}+${id}`;
export const isBatchStream = (stream: string): boolean => stream.startsWith(BATCH);

/** What a follower of the whole log has to hear. */
export const allPrefixes: string[] = [...categories.map((category) => `${category}-`), BATCH, DELETIONS_STREAM];

/** What a reader of some categories, of one tenant, has to hear: batches of any tenant may hold events of it. */
export const prefixesOf = (wanted: readonly string[], tenant: string | undefined): string[] => [
  ...wanted.map((category) => (tenant === undefined ? `${category}-` : `${category}-${tenant}+`)),
  BATCH,
  DELETIONS_STREAM,
];
