// Which texts are there, and the vectors of those that are not: these go with the last passage that has their text, in
// whichever build it is.
import { z } from 'zod';
import type { Elastic } from './client.ts';
import { documentId } from './documents.ts';
import type { Names } from './names.ts';
import type { Vectors } from './vectors.ts';

export type Texts = {
  /** The memories of this build that have one of these texts, 10,000 at most. */
  holders(hashes: readonly string[]): Promise<{ id: string; hash: string }[]>;
  /** Removes the vectors of those texts that are nowhere any more. */
  drop(hashes: readonly string[]): Promise<void>;
  /** Looks through some more of all vectors, and begins again at the end: for those that a crash left behind. */
  sweep(): Promise<void>;
};

/** Asked for at once. */
const PAGE = 500;
const MOST_HOLDERS = 10_000;

const WHAT = 'the texts of memories cannot be read';

const holder = z.object({ tenant: z.string(), memory: z.string(), hash: z.string() });
const used = z.object({ used: z.object({ buckets: z.array(z.object({ key: z.string() })) }) });

/** `fresh` makes sure that a search finds what was written. */
export function createTexts(elastic: Elastic, names: Names, vectors: Vectors, fresh: () => Promise<void>): Texts {
  /** Where the next look through the vectors begins. */
  let after = '';

  async function unused(hashes: readonly string[]): Promise<string[]> {
    const { aggregations } = await elastic.send(WHAT, (client, options) =>
      client.search(
        {
          index: names.every('passages'),
          size: 0,
          query: { terms: { hash: [...hashes] } },
          aggs: { used: { terms: { field: 'hash', size: hashes.length } } },
        },
        options,
      ),
    );
    const there = new Set(used.parse(aggregations).used.buckets.map(({ key }) => key));
    return hashes.filter((hash) => !there.has(hash));
  }

  async function drop(hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0) return;
    await fresh();
    for (let start = 0; start < hashes.length; start += PAGE)
      await vectors.remove(await unused(hashes.slice(start, start + PAGE)));
  }

  return {
    async holders(hashes) {
      if (hashes.length === 0) return [];
      await fresh();
      const { hits } = await elastic.send(WHAT, (client, options) =>
        client.search(
          {
            index: names.alias('passages'),
            query: { terms: { hash: [...hashes] } },
            _source: ['tenant', 'memory', 'hash'],
            size: MOST_HOLDERS,
            track_total_hits: false,
          },
          options,
        ),
      );
      return hits.hits.map(({ _source }) => {
        const { tenant, memory, hash } = holder.parse(_source);
        return { id: documentId(tenant, memory), hash };
      });
    },
    drop,
    async sweep() {
      const { hits } = await elastic.send(WHAT, (client, options) =>
        client.search(
          {
            index: names.alias('vectors'),
            query: { range: { hash: { gt: after } } },
            sort: [{ hash: 'asc' }],
            _source: false,
            size: PAGE,
            track_total_hits: false,
          },
          options,
        ),
      );
      const hashes = hits.hits.map(({ _id }) => _id ?? '');
      after = hashes.length < PAGE ? '' : (hashes.at(-1) ?? '');
      await drop(hashes);
    },
  };
}
