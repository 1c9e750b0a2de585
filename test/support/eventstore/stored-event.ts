// An event as the server keeps it, and an append as it was asked for.

export type ProposedEvent = {
  id: string;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
};

export type StoredEvent = ProposedEvent & {
  stream: string;
  /** From 0, without gaps. It goes on where it was when the stream was deleted. */
  revision: number;
  /** Its place in the log, in bytes: the same number as commit and as prepare position. */
  position: number;
  /** Milliseconds since 1970. */
  created: number;
};

/** The revision of the stream's last event, or one of the names that the protocol has. */
export type Expected = number | 'no-stream' | 'any' | 'stream-exists';

/** The last event of a tombstoned stream has this type. */
export const TOMBSTONE = '$streamDeleted';

/** As the server counts them: what one append may have of them is limited. */
export const sizeOf = ({ type, data, metadata }: ProposedEvent): number =>
  data.length + metadata.length + 2 * type.length;
