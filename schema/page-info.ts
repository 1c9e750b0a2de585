// What every list says of what follows it.
import { builder } from './builder.ts';

export const MIN_POSITION = 'Wait until the index has this position (2 s at most), else INDEX_BEHIND.';

export const PageInfo = builder.objectRef<{ hasNextPage: boolean; endCursor: string | null }>('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    endCursor: t.exposeString('endCursor', { nullable: true }),
  }),
});

/** Of a page of rows that have a cursor each. */
export const pageInfoOf = ({ rows, hasNextPage }: { rows: readonly { cursor: string }[]; hasNextPage: boolean }) => ({
  hasNextPage,
  endCursor: rows.at(-1)?.cursor ?? null,
});
