// Deleting a stream: first it is written down for every server how far it is gone, then EventStoreDB is asked to hide it.
// Whoever dies between the two has deleted it, and may be asked again. Its bytes go with the next scavenge of each node.
import type { Connection } from './client.ts';
import type { Deletions } from './deletions.ts';
import type { Heads } from './heads.ts';
import type { Known } from './known.ts';
import { insist } from './retry.ts';
import type { StreamReader } from './stream-reader.ts';

type Dependencies = {
  connection: Connection;
  deletions: Deletions;
  heads: Heads;
  reader: StreamReader;
  known: Known;
  patience: number;
};

export function createEraser({ connection, deletions, heads, reader, known, patience }: Dependencies) {
  return async (stream: string): Promise<void> => {
    for (;;) {
      await deletions.refresh();
      // What is open there would come after what is deleted.
      const { stored: revision } = await reader.tail(stream);
      if (revision < 0) return;
      if (revision > deletions.upTo(stream)) {
        const head = await heads.place();
        await deletions.record({ stream, revision, head });
      }
      known.forget(stream);
      const last = await insist(patience, () => connection.readLast(stream));
      if (last === null) return;
      const result = await insist(patience, () => connection.deleteStream(stream, last.revision));
      if (result === 'deleted' && last.revision === revision) return;
    }
  };
}
