// One stream: its events, and what its metadata stream says of which of them count.
import * as z from 'zod';
import type { StoredEvent } from './stored-event.ts';

export type StreamState = {
  /** The revision of the first event that is kept; a scavenge moves it on. */
  base: number;
  events: StoredEvent[];
  tombstoned: boolean;
  /** Events before this revision are not read. SOFT_DELETED: the stream is not there. */
  truncateBefore: number;
  maxCount: number;
};

/** What `$tb` is while a stream is soft-deleted: the highest number of 64 bits, as JavaScript reads it. */
export const SOFT_DELETED = 2 ** 63;

const metadataFormat = z.looseObject({ $tb: z.number().optional(), $maxCount: z.number().optional() });

export const emptyStream = (): StreamState => ({
  base: 0,
  events: [],
  tombstoned: false,
  truncateBefore: 0,
  maxCount: Number.POSITIVE_INFINITY,
});

/** -1 for a stream that never had an event; a deleted one keeps its last revision. */
export const lastRevision = ({ base, events }: StreamState): number => base + events.length - 1;

export const isSoftDeleted = ({ truncateBefore }: StreamState): boolean => truncateBefore >= SOFT_DELETED;

export const firstReadable = (stream: StreamState): number =>
  Math.max(stream.base, stream.truncateBefore, lastRevision(stream) + 1 - stream.maxCount);

/** The stream whose metadata a stream holds: that of `$$x` is `x`. */
export const describedBy = (name: string): string | null => (name.startsWith('$$') ? name.slice(2) : null);

/** Takes over what an event of its metadata stream says. */
export function applyMetadata(stream: StreamState, { data }: StoredEvent): void {
  const { $tb, $maxCount } = metadataFormat.parse(JSON.parse(Buffer.from(data).toString('utf8') || '{}'));
  stream.truncateBefore = $tb ?? 0;
  stream.maxCount = $maxCount ?? Number.POSITIVE_INFINITY;
}

/** JSON cannot have the number from JavaScript, so it is written by hand. */
export const softDeletion = (): string => '{"$tb":9223372036854775807}';
export const revival = (from: number): string => JSON.stringify({ $tb: from });
