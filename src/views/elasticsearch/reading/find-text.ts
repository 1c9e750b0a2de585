// Which memories have a text that `dedupe` takes for the same.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import type { ReaderContext } from '../reader-context.ts';
import { gone } from './allowed.ts';
import { is } from './query.ts';
import { searchOne } from './searches.ts';

/** The same text is seldom kept twice. */
const MOST = 1_000;

const named = z.object({ memory: z.string() });

/** The ones recorded first come first. */
export async function findText(
  context: ReaderContext,
  tenant: string,
  textKey: string,
  now: Instant,
): Promise<string[]> {
  const { hits } = await searchOne(context, 'memories', {
    query: {
      bool: {
        filter: [is('tenant', tenant), is('textKey', textKey), is('deprecated', false)],
        must_not: gone(now),
      },
    },
    _source: ['memory'],
    size: MOST,
    sort: [{ recorded: 'asc' }],
    track_total_hits: false,
  });
  return hits.map(({ source }) => named.parse(source).memory);
}
