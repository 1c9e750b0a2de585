// Lists, newest first: which memories and in what order is searched, and what they are is read as it is at the moment.
import { z } from 'zod';
import { fromCursor, toCursor } from '../../cursor.ts';
import { checkFilter } from '../../filter-limits.ts';
import { readable } from '../../kept-documents.ts';
import { matches } from '../../matches.ts';
import type { ListPage, ListQuery } from '../../view-store.ts';
import { milliseconds } from '../attributes.ts';
import type { ReaderContext } from '../reader-context.ts';
import { allowedBy } from './allowed.ts';
import { pairsOf } from './documents.ts';
import { know } from './known.ts';
import { searchOne } from './searches.ts';

const place = z.tuple([z.number(), z.string()]);

export async function list(context: ReaderContext, query: ListQuery): Promise<ListPage> {
  const { reader, filter = {}, includeDeprecated = false, now, first, after } = query;
  checkFilter(filter);
  const beyond = after === undefined ? null : fromCursor(after);
  const known = await know(context, reader.tenant, filter);
  const position = context.position();
  const { hits, total } = await searchOne(context, 'memories', {
    query: allowedBy(query, known),
    _source: false,
    size: first + 1,
    sort: [{ createdAt: 'desc' }, { memory: 'desc' }],
    track_total_hits: true,
    ...(beyond !== null && { search_after: [milliseconds(beyond[0]), beyond[1]] }),
  });
  const ids = hits.slice(0, first).map(({ sort }) => place.parse(sort)[1]);
  const pairs = await pairsOf(context, reader.tenant, ids);
  const rows = pairs.flatMap((pair) => {
    const view = pair === null ? null : readable(reader, pair, now);
    if (view === null || (view.memory.deprecation !== null && !includeDeprecated) || !matches(filter, view)) return [];
    return [{ ...view, cursor: toCursor(view.memory.createdAt, view.memory.id) }];
  });
  return { rows, hasNextPage: hits.length > first, total, position };
}
