// What a resolver may reach: who asks, and commands and queries that are bound to who asks. No view, no log.
import DataLoader from 'dataloader';
import type { Caller } from '../src/access/caller.ts';
import type { Commands } from '../src/commands/commands.ts';
import type { FailureCode } from '../src/domain/failure.ts';
import type { MemoryView } from '../src/domain/memory-view.ts';
import type { Live } from '../src/live/live.ts';
import type { Pin } from '../src/queries/pinned.ts';
import type { Queries } from '../src/queries/queries.ts';
import type { VisibleEvent } from '../src/queries/visible-events.ts';
import type { RebuildingFor } from '../src/rebuilding/for-administrator.ts';

export type Context = {
  caller: Caller;
  commands: Commands;
  queries: Queries;
  live: Live;
  rebuilding: RebuildingFor;
  loaders: Loaders;
  /** Told of each root field, when it is resolved: `Query.search`, how it went, and in which time. */
  resolved: (field: string, outcome: FailureCode | 'OK', seconds: number) => void;
};

export type Loaders = {
  memory: Loader<MemoryView | null>;
  /** As the log has it: what this very request recorded is there. */
  recordedMemory: Loader<MemoryView | null>;
  history: Loader<VisibleEvent[]>;
  sessionHistory: Loader<VisibleEvent[]>;
  /** By the feature's key in its tenant. */
  featureHistory: Loader<VisibleEvent[]>;
  handoffHistory: Loader<VisibleEvent[]>;
  /** As it was then. */
  pinnedMemory: Loader<MemoryView | null, Pin>;
};

type Loader<T, Key = string> = { load(key: Key): Promise<T> };

type Parts = Omit<Context, 'loaders'>;

/** For one request. */
export function createContext(parts: Parts): Context {
  const { queries } = parts;
  const each = <T>(read: (id: string) => Promise<T>) => createLoader<T, string>((ids) => Promise.all(ids.map(read)));
  return {
    ...parts,
    loaders: {
      memory: createLoader((ids) => queries.memoriesById(ids)),
      recordedMemory: createLoader((ids) => queries.recordedMemories(ids)),
      history: each((id) => queries.history(id)),
      sessionHistory: each((id) => queries.sessionHistory(id)),
      featureHistory: each((key) => queries.featureHistory(key)),
      handoffHistory: each((id) => queries.handoffHistory(id)),
      pinnedMemory: createLoader((pins: readonly Pin[]) => queries.pinnedMemories(pins)),
    },
  };
}

/**
 * One load for all that is asked in the same turn. It keeps nothing beyond: a later mutation of the same request may
 * change what was read.
 */
function createLoader<T, Key>(load: (keys: readonly Key[]) => Promise<T[]>): Loader<T, Key> {
  const loader: DataLoader<Key, T> = new DataLoader(
    async (keys) => {
      loader.clearAll();
      return load(keys);
    },
    { maxBatchSize: 1_000 },
  );
  return loader;
}
