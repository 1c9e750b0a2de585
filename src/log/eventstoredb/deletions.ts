// Which streams were deleted, up to which revision: EventStoreDB hides a deleted stream's events from those who read the
// stream, and shows them to those who read the whole log until its files are scavenged. Here every server finds out. In
// memory: some hundred bytes a deleted stream.
import * as z from 'zod';
import type { Connection, StoredEvent } from './client.ts';
import { DELETIONS_STREAM } from './own-streams.ts';
import { insist } from './retry.ts';
import { foreign } from './trouble.ts';
import { idOf } from './wire.ts';

const format = z.object({
  stream: z.string(),
  /** The last of its revisions that are gone, as EventStoreDB counts them. */
  revision: z.int().nonnegative(),
  /** The log's head then, as commit position and index: the last event may be the one that is gone. */
  head: z.tuple([z.string().regex(/^\d+$/), z.int().nonnegative()]),
});

export type Deletion = { stream: string; revision: number; head: { commit: bigint; index: number } };

export type Deletions = {
  /** The last revision of the stream that is gone; -1 when none is. */
  upTo(stream: string): number;
  /** Counts what was learnt: who has kept something of the log looks whether it still holds. */
  count(): number;
  /** Learns what other servers deleted. */
  refresh(): Promise<void>;
  hear(stored: StoredEvent): Deletion;
  record(deletion: Deletion): Promise<void>;
};

/** `learnt` hears of each deletion, of this server's too. */
export function createDeletions(connection: Connection, patience: number, learnt: (stream: string) => void): Deletions {
  const last = new Map<string, number>();
  let next = 0;
  let count = 0;

  const upTo = (stream: string): number => last.get(stream) ?? -1;

  function hear({ stream: own, revision: at, data }: StoredEvent): Deletion {
    const parsed = format.safeParse(data).data;
    if (parsed === undefined) throw foreign(own, at);
    const { stream, revision, head } = parsed;
    if (at === next) next += 1;
    if (revision > upTo(stream)) {
      last.set(stream, revision);
      count += 1;
      learnt(stream);
    }
    return { stream, revision, head: { commit: BigInt(head[0]), index: head[1] } };
  }

  async function refresh(): Promise<void> {
    const events = await insist(patience, () => connection.readStream(DELETIONS_STREAM, next));
    for (const event of events) hear(event);
  }

  return {
    upTo,
    count: () => count,
    refresh,
    hear,
    async record({ stream, revision, head }) {
      const data = { stream, revision, head: [String(head.commit), head.index] };
      const event = { id: idOf('deleted', stream, String(revision)), type: 'stream.deleted', data, metadata: '{}' };
      for (;;) {
        await refresh();
        if (upTo(stream) >= revision) return;
        // Lost to another deletion, it is tried again behind that one.
        await insist(patience, () => connection.append(DELETIONS_STREAM, next - 1, [event]));
      }
    },
  };
}
