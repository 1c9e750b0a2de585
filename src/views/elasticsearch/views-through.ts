// The views on Elasticsearch, for as many processes as there are: all read them, one at a time writes them.
import type { Instant } from '../../domain/event.ts';
import type { Lease, ViewStore } from '../view-store.ts';
import type { Serving } from './serving.ts';

export type ElasticViews = ViewStore & {
  readonly lease: Lease;
  /** Why the views were begun empty, to be made again from the log; null: they were there, or are not opened yet. */
  readonly begunAnew: string | null;
  /**
   * Removes the text of what expired a minute before `now`, and what is left of forgotten memories; gives back how many
   * memories had expired, at most 1,000 a call. 0 where another process projects. Only at the log's head.
   */
  sweep(now: Instant): Promise<number>;
  /** Empties the views, for a log that is not the one they were made from. Vectors are kept as far as texts need them. */
  reset(): Promise<void>;
  /** Vectors that are kept, by the hash of their text. */
  findVectors(hashes: readonly string[]): Promise<Map<string, Float32Array>>;
};

export type ViewsParts = {
  renewEvery: number;
  begunAnew: () => string | null;
  reset: () => Promise<void>;
  close: () => Promise<void>;
};

/** The server has nothing to do while the first documents of a page are made, and this process while the last are written. */
export const PAGE_SIZE = 5_000;

/** Each call goes to the build that `serving` has then. */
export function viewsThrough(
  serving: Pick<Serving, 'ask' | 'write' | 'hasMoved' | 'checkpointTold'>,
  { renewEvery, begunAnew, reset, close }: ViewsParts,
): ElasticViews {
  const { ask, write } = serving;
  return {
    get begunAnew() {
      return begunAnew();
    },
    pageSize: PAGE_SIZE,
    lease: {
      renewEvery,
      hold: () =>
        ask(async ({ lease, checkpoint }) => {
          // Whether it still answers: who has nothing to write would not know else.
          await checkpoint();
          // Who projected goes back to the checkpoint when other views have taken over.
          return !serving.hasMoved() && lease.hold();
        }),
      release: () => ask(({ lease }) => lease.release()),
    },
    load: (keys) => ask((views) => views.load(keys)),
    apply: (changes, checkpoint, parking) => write((views) => views.apply(changes, checkpoint, parking)),
    async checkpoint() {
      const checkpoint = await ask((views) => views.checkpoint());
      serving.checkpointTold();
      return checkpoint;
    },
    refresh: () => ask((views) => views.refresh()),
    parked: () => ask((views) => views.parked()),
    wantedVectors: (limit) => ask((views) => views.wantedVectors(limit)),
    putVectors: (vectors) => write((views) => views.putVectors(vectors)),
    get: (reader, ids, now) => ask((views) => views.get(reader, ids, now)),
    list: (query) => ask((views) => views.list(query)),
    search: (query) => ask((views) => views.search(query)),
    findText: (tenant, textKey, now) => ask((views) => views.findText(tenant, textKey, now)),
    records: (query) => ask((views) => views.records(query)),
    scan: (query) => ask((views) => views.scan(query)),
    statistics: () => ask((views) => views.statistics()),
    sweep: (now) => write((views) => views.sweep(now)),
    findVectors: (hashes) => ask((views) => views.findVectors(hashes)),
    reset,
    close,
  };
}
