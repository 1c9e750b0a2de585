// What must not stay: the text of expired memories, and what was left in the place of passages that went.
import { z } from 'zod';
import type { Instant, Position } from '../../domain/event.ts';
import { ordinalOf } from '../../domain/position.ts';
import { milliseconds } from './attributes.ts';
import { openBulk } from './bulk.ts';
import type { Elastic } from './client.ts';
import { documentId } from './documents.ts';
import type { Names } from './names.ts';

export type Sweeping = {
  /** Document ids of up to 1,000 memories that expired a minute before `now`. */
  expired(now: Instant): Promise<string[]>;
  /** Document ids of up to 500 memories that expired at `now` and are found still. */
  lapsed(now: Instant): Promise<string[]>;
  /** When the next memory that lends words expires; null: none does. */
  nextLapse(): Promise<number | null>;
  /** Removes what is left of passages that were gone when this was called a while ago. */
  removeGone(): Promise<void>;
  /**
   * Has the server merge what it would by itself, but only at the next write: many small parts, as a catch-up leaves them,
   * make every search slower.
   */
  merge(): Promise<void>;
};

/** A command decided just before a memory expired may still be on its way, in milliseconds. */
const GRACE = 60_000;

/** So long nobody who still writes can be from before they went, in milliseconds. */
export const GONE_FOR = 60_000;

const MOST_EXPIRED = 1_000;
const MOST_LAPSED = 500;
const MOST_GONE = 10_000;

const WHAT = 'what expired cannot be looked for';

const source = z.object({ tenant: z.string(), memory: z.string() });
const gone = z.object({ goneBy: z.string() });
type Gone = { id: string; goneBy: Position };

const next = z.object({ next: z.object({ value: z.number().nullable() }) });

/** `fresh` makes sure that a search finds what was written. */
export function createSweeping(elastic: Elastic, names: Names, fresh: () => Promise<void>, goneFor: number): Sweeping {
  /** Passages that were gone at the last look, and when that was. */
  let seen: { gone: Gone[]; at: number } | null = null;

  async function idsOf(index: 'memories' | 'passages', filter: object[], size: number): Promise<string[]> {
    const { hits } = await elastic.send(WHAT, (client, options) =>
      client.search(
        {
          index: names.alias(index),
          query: { bool: { filter } },
          _source: ['tenant', 'memory'],
          sort: [{ expiresAt: 'asc' }],
          size,
          track_total_hits: false,
        },
        options,
      ),
    );
    const found = hits.hits.map(({ _source }) => source.parse(_source));
    return found.map(({ tenant, memory }) => documentId(tenant, memory));
  }

  const until = (time: number) => ({ range: { expiresAt: { lte: time } } });

  async function goneNow(): Promise<Gone[]> {
    const { hits } = await elastic.send('what is left of passages cannot be read', (client, options) =>
      client.search(
        { index: names.alias('passages'), query: { term: { gone: true } }, _source: ['goneBy'], size: MOST_GONE },
        options,
      ),
    );
    return hits.hits.map(({ _id, _source }) => ({ id: _id ?? '', ...gone.parse(_source) }));
  }

  return {
    expired: (now) => idsOf('memories', [until(milliseconds(now) - GRACE)], MOST_EXPIRED),
    async lapsed(now) {
      await fresh();
      return idsOf('passages', [until(milliseconds(now)), { exists: { field: 'neighbours' } }], MOST_LAPSED);
    },
    async nextLapse() {
      await fresh();
      const { aggregations } = await elastic.send(WHAT, (client, options) =>
        client.search(
          {
            index: names.alias('passages'),
            size: 0,
            query: { exists: { field: 'neighbours' } },
            aggs: { next: { min: { field: 'expiresAt' } } },
          },
          options,
        ),
      );
      return next.parse(aggregations).next.value;
    },
    async removeGone() {
      if (seen !== null && performance.now() - seen.at < goneFor) return;
      const bulk = openBulk(elastic, names);
      for (const { id, goneBy } of seen?.gone ?? [])
        await bulk.add({ index: 'passages', id, version: ordinalOf(goneBy), document: null });
      await bulk.end();
      await fresh();
      seen = { gone: await goneNow(), at: performance.now() };
    },
    async merge() {
      // It is for speed alone, and a cluster may not allow it.
      await elastic
        .send(
          'the passages cannot be merged',
          (client, options) => client.indices.forcemerge({ index: names.alias('passages'), flush: false }, options),
          { retries: 0 },
        )
        .catch(() => {});
    },
  };
}
