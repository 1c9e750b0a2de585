// A lease in memory, and views that refuse what is written without it: as a store that several servers share has them.
import { failure } from '../../src/domain/failure.ts';
import type { Change, Lease, ViewStore } from '../../src/views/view-store.ts';

export type SharedLease = {
  /** Nobody has it from now on, whoever believes to. */
  lapse(): void;
  holder(): string | null;
  /** One server's view of it. */
  for(name: string): Lease & { asked(): number };
};

export function sharedLease(renewEvery = 2): SharedLease {
  let holder: string | null = null;
  return {
    lapse() {
      holder = null;
    },
    holder: () => holder,
    for(name) {
      let asked = 0;
      return {
        renewEvery,
        asked: () => asked,
        async hold() {
          asked++;
          holder ??= name;
          return holder === name;
        },
        async release() {
          if (holder === name) holder = null;
        },
      };
    },
  };
}

export type Written = { by: string; change: Change };

/** The views as the server of this name has them; `written` is told of all that is taken. */
export function leased(
  views: ViewStore,
  lease: SharedLease,
  name: string,
  written: Written[] = [],
): ViewStore & { lease: ReturnType<SharedLease['for']> } {
  return {
    ...views,
    lease: lease.for(name),
    async apply(changes, checkpoint, parking) {
      if (lease.holder() !== name) throw failure('UNAVAILABLE', 'another server has the lease');
      written.push(...changes.map((change) => ({ by: name, change })));
      await views.apply(changes, checkpoint, parking);
    },
  };
}
