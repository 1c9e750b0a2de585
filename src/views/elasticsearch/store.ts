// The views of one build: what writes them and what reads them, put together.
import type { Instant } from '../../domain/event.ts';
import type { Analyse } from '../../text/analysis.ts';
import type { ViewSignature, ViewStore } from '../view-store.ts';
import type { Elastic } from './client.ts';
import type { LeaseOptions } from './lease.ts';
import { indexName, namesOf, type Part, servingAlias } from './names.ts';
import { createReader } from './reading/reader.ts';
import { createRefreshing } from './refreshing.ts';
import { createState, type Serving } from './state.ts';
import { createWriter, type Writer } from './writer.ts';

export type StoreOptions = {
  elastic: Elastic;
  prefix: string;
  build: Part;
  signature: ViewSignature;
  analyse: Analyse;
  writer: string;
  lease: LeaseOptions;
  goneFor: number;
};

export type BuildStore = Omit<ViewStore, 'lease' | 'close'> &
  Pick<Writer, 'lease' | 'sweep' | 'findVectors'> & {
    readonly build: Part;
    readonly signature: ViewSignature;
    /** From now on it is only good as long as it is the build that answers: after that it fails with Switched. */
    answers(switched: () => void): void;
  };

export function openStore({ elastic, prefix, build, signature, ...options }: StoreOptions): BuildStore {
  const names = namesOf(prefix, build, signature);
  const alias = servingAlias(prefix, 'state');
  const index = indexName(prefix, 'state', build);
  let serving: Serving | null = null;
  const state = createState(elastic, names, () => serving);
  const { settle, reached, ...writer } = createWriter({
    elastic,
    names,
    state,
    dimensions: signature.dimensions,
    ...options,
  });
  const refreshing = createRefreshing(elastic, names, reached);
  const reader = createReader({
    elastic,
    names,
    position: refreshing.position,
    version: refreshing.version,
    refreshed: refreshing.refresh,
    // What cannot be written now is no reason not to read: `lentUntil` says what not to count.
    settle: (now: Instant) => settle(now).catch(() => {}),
  });
  return {
    ...writer,
    ...reader,
    build,
    signature,
    refresh: refreshing.refresh,
    answers(switched) {
      serving = { alias, index, switched };
    },
  };
}
