// The reading side of the views, over indices that another part of this folder writes.
import { readable } from '../../kept-documents.ts';
import type { ViewReader, ViewStore } from '../../view-store.ts';
import type { ReaderContext } from '../reader-context.ts';
import { pairsOf } from './documents.ts';
import { findText } from './find-text.ts';
import { list } from './list.ts';
import { records } from './records.ts';
import { createRemembered } from './remembered.ts';
import { scan } from './scan.ts';
import { searchMemories } from './search.ts';
import { statistics } from './statistics.ts';

export function createReader(context: ReaderContext): ViewReader & Pick<ViewStore, 'statistics'> {
  const searching = { ...context, remembered: createRemembered() };
  return {
    async get(reader, ids, now) {
      const pairs = await pairsOf(context, reader.tenant, ids);
      return pairs.map((pair) => (pair === null ? null : readable(reader, pair, now)));
    },
    list: (query) => list(context, query),
    search: (query) => searchMemories(searching, query),
    findText: (tenant, textKey, now) => findText(context, tenant, textKey, now),
    records: (query) => records(context, query),
    scan: (query) => scan(context, query),
    statistics: () => statistics(context),
  };
}
