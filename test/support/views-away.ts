// Views that are away when the test says so: every question fails as when nobody answers, or never gets an answer.
import { failure } from '../../src/domain/failure.ts';
import type { ViewStore } from '../../src/views/view-store.ts';

export type Absence = {
  views: ViewStore;
  goAway(): void;
  /** From now on nothing is answered, until they come back. */
  hang(): void;
  comeBack(): void;
};

/** Closing them goes through. */
export function sometimesAway(store: ViewStore): Absence {
  let state: 'here' | 'away' | 'hanging' = 'here';
  let back = Promise.withResolvers<void>();

  const guarded =
    <Given extends unknown[], Answer>(method: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      if (state === 'hanging') await back.promise;
      if (state === 'away') throw failure('UNAVAILABLE', 'the views do not answer');
      return method(...given);
    };

  return {
    views: {
      ...store,
      load: guarded(store.load),
      apply: guarded(store.apply),
      checkpoint: guarded(store.checkpoint),
      refresh: guarded(store.refresh),
      parked: guarded(store.parked),
      wantedVectors: guarded(store.wantedVectors),
      putVectors: guarded(store.putVectors),
      get: guarded(store.get),
      list: guarded(store.list),
      search: guarded(store.search),
      findText: guarded(store.findText),
      // Their answers depend on the kind that is asked for, which a wrapper of any method cannot say.
      records: guarded(store.records) as ViewStore['records'],
      scan: guarded(store.scan) as ViewStore['scan'],
      statistics: guarded(store.statistics),
    },
    goAway() {
      state = 'away';
    },
    hang() {
      state = 'hanging';
    },
    comeBack() {
      state = 'here';
      back.resolve();
      back = Promise.withResolvers();
    },
  };
}
