// A list of memories as of a position.
import type { ListPage } from '../views/view-store.ts';
import { type AsOf, inPast, momentOf, stillReadable } from './as-of.ts';
import type { PastReader, QueryContext } from './dependencies.ts';
import type { ListInput, MemoryPage } from './lists.ts';

/** Rows read at once. */
const STEP = 200;

type Selection = Omit<Parameters<PastReader['list']>[0], 'first' | 'after'>;
type Row = ListPage['rows'][number];

export async function memoriesAsOf(context: QueryContext, input: ListInput, asOf: AsOf): Promise<MemoryPage> {
  const moment = await momentOf(context, asOf, 'asOf');
  const within = <T>(work: (pages: AsyncIterable<Row[]>) => Promise<T>, after: string | null) =>
    inPast(context, moment, (views, reader) => {
      const { filter, includeDeprecated } = input;
      const selection = { reader, filter, includeDeprecated, now: moment.now };
      return work(readableRows(context, views, selection, after));
    });

  const rows = await within((pages) => firstOf(pages, input.first + 1), input.after);
  return {
    rows: rows.slice(0, input.first),
    hasNextPage: rows.length > input.first,
    // What was readable then and is not now must not be counted, so every row is looked at.
    total: () => within(countOf, null),
    position: moment.position,
  };
}

async function* readableRows(
  context: QueryContext,
  views: PastReader,
  selection: Selection,
  from: string | null,
): AsyncGenerator<Row[]> {
  let after = from ?? undefined;
  do {
    const page: ListPage = await views.list({ ...selection, first: STEP, ...(after !== undefined && { after }) });
    yield await stillReadable(context, page.rows);
    after = page.hasNextPage ? page.rows.at(-1)?.cursor : undefined;
  } while (after !== undefined);
}

async function firstOf(pages: AsyncIterable<Row[]>, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length >= count) break;
  }
  return rows.slice(0, count);
}

async function countOf(pages: AsyncIterable<Row[]>): Promise<number> {
  let count = 0;
  for await (const page of pages) count += page.length;
  return count;
}
