// Memories by id and page by page.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { canRead } from '../domain/visibility.ts';
import type { ListPage, MemoryFilter } from '../views/view-store.ts';
import type { AsOf } from './as-of.ts';
import type { QueryContext } from './dependencies.ts';
import { recordedMemories } from './recorded-memories.ts';
import { waitFor } from './wait.ts';
import { orFromLog } from './while-away.ts';

export type ListInput = {
  filter: MemoryFilter;
  includeDeprecated: boolean;
  /** 1 to 100. */
  first: number;
  /** The cursor of a row that was given out before. */
  after: string | null;
  minPosition: Position | null;
  /** As of now unless given. */
  asOf?: AsOf | null;
};

export type MemoryPage = Omit<ListPage, 'total'> & {
  /** Of all pages. As of the past it is counted, which takes a while. */
  total: () => Promise<number>;
};

/** In the order asked; null for what the caller may not read, and just so for what there never was. */
export async function memoriesById(context: QueryContext, ids: readonly string[]): Promise<(MemoryView | null)[]> {
  const reader = readerOf(context.caller);
  const found = await orFromLog(
    () => context.views.get(reader, ids, context.clock().toISOString()),
    () => recordedMemories(context, ids),
  );
  return found.map((view) => (view !== null && canRead(reader, view.memory) ? view : null));
}

export async function memory(
  context: QueryContext,
  id: string,
  minPosition: Position | null,
): Promise<MemoryView | null> {
  readerOf(context.caller);
  const [view = null] = await orFromLog(
    async () => {
      await waitFor(context, minPosition, 'minPosition');
      return memoriesById(context, [id]);
    },
    () => recordedMemories(context, [id]),
  );
  return view;
}

export async function memories(context: QueryContext, input: ListInput): Promise<MemoryPage> {
  const reader = readerOf(context.caller);
  await waitFor(context, input.minPosition, 'minPosition');
  const page = await context.views.list({
    reader,
    filter: input.filter,
    includeDeprecated: input.includeDeprecated,
    now: context.clock().toISOString(),
    first: input.first,
    ...(input.after !== null && { after: input.after }),
  });
  return {
    ...page,
    rows: page.rows.filter((row) => canRead(reader, row.memory)),
    total: async () => page.total,
  };
}
