// The build that answers, as this process has it: opened when it is first asked for, and anew whenever another has taken
// over or an index of it is gone. Elasticsearch may be away meanwhile, also at the start.
import { MISSING_INDEX, Refused } from './client.ts';
import { Switched } from './state.ts';
import type { BuildStore } from './store.ts';

export type Serving = {
  /** The one that answers. */
  current(): Promise<BuildStore>;
  /** As it was last seen; null before it was. */
  last(): BuildStore | null;
  /** Asks it, and once more where it was found that another answers. */
  ask<T>(work: (store: BuildStore) => Promise<T>): Promise<T>;
  /** As `ask`, but not again, and not before it was asked for its checkpoint since another took over. */
  write<T>(work: (store: BuildStore) => Promise<T>): Promise<T>;
  /** Another has taken over, or its predecessor is lost; who writes has not asked how far it is. */
  hasMoved(): boolean;
  checkpointTold(): void;
  /** This process has put it there. */
  take(store: BuildStore): void;
};

export function createServing(open: () => Promise<BuildStore>): Serving {
  let store: BuildStore | null = null;
  let lastSeen: BuildStore | null = null;
  let opening: Promise<BuildStore> | null = null;
  let moved = false;

  function take(opened: BuildStore): void {
    moved ||= lastSeen !== null && lastSeen.build !== opened.build;
    store = opened;
    lastSeen = opened;
    opened.answers(() => leave(opened));
  }

  function leave(former: BuildStore): void {
    if (store === former) store = null;
  }

  async function current(): Promise<BuildStore> {
    if (store !== null) return store;
    opening ??= open()
      .then((opened) => {
        take(opened);
        return opened;
      })
      .finally(() => {
        opening = null;
      });
    return opening;
  }

  async function askOnce<T>(work: (store: BuildStore) => Promise<T>): Promise<T> {
    const asked = await current();
    try {
      return await work(asked);
    } catch (error) {
      if (error instanceof Refused && error.type === MISSING_INDEX) leave(asked);
      throw error;
    }
  }

  return {
    current,
    last: () => lastSeen,
    async ask(work) {
      try {
        return await askOnce(work);
      } catch (error) {
        if (error instanceof Switched) return askOnce(work);
        throw error;
      }
    },
    async write(work) {
      await current();
      if (moved) throw new Switched();
      return askOnce(work);
    },
    hasMoved: () => moved,
    checkpointTold() {
      moved = false;
    },
    take(opened) {
      take(opened);
      moved = false;
    },
  };
}
