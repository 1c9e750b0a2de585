// What searches have: a refresh makes them find what was written before it. It is the dearest of small requests, so whoever
// wants one at the same time shares it.
import type { Position } from '../../domain/event.ts';
import type { Reached } from './checkpoint.ts';
import type { Elastic } from './client.ts';
import { createShared } from './in-turn.ts';
import { indexKinds, type Names } from './names.ts';

export type Refreshing = {
  /** What every read from now on is at least as of. */
  refresh(): Promise<Position | null>;
  /** As of what reads are now; a refresh begins in the background when the last is old. */
  position(): Position | null;
  /** Of the checkpoint that reads are at least as of; null before the first refresh. */
  version(): string | null;
};

/** Milliseconds after which reads bring about a refresh by themselves. */
const OLD = 1_000;

export function createRefreshing(elastic: Elastic, names: Names, checkpoint: () => Promise<Reached>): Refreshing {
  let reached: Position | null = null;
  let version: string | null = null;
  let at = Number.NEGATIVE_INFINITY;

  const refresh = createShared(async () => {
    const begun = performance.now();
    const { position, version: found } = await checkpoint();
    const index = indexKinds.filter((kind) => kind !== 'state').map(names.alias);
    await elastic.send('the views cannot be refreshed', (client, options) =>
      client.indices.refresh({ index }, options),
    );
    if (reached === null || (position !== null && position > reached)) reached = position;
    version = found;
    at = begun;
    return reached;
  });

  return {
    refresh,
    position() {
      if (performance.now() - at >= OLD) {
        at = performance.now();
        refresh().catch(() => {
          // A read that cannot be answered says so itself.
        });
      }
      return reached;
    },
    version: () => version,
  };
}
