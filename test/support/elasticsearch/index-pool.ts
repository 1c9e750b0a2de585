// Making indices takes a second, emptying them a tenth of one: so tests take turns at one set of them, and have a second
// one only while they need two at once.
import { z } from 'zod';
import { elasticsearchUrl, randomPrefix, removeIndices } from './elasticsearch.ts';

export type IndexPool = {
  /** The prefix of indices that are empty or not made yet, for nobody else until they are given back. */
  take(): string;
  giveBack(prefix: string): Promise<void>;
  /** Removes them all. */
  end(): Promise<void>;
};

export function createIndexPool(): IndexPool {
  const free: string[] = [];
  const made: string[] = [];
  return {
    take() {
      const prefix = free.pop() ?? randomPrefix();
      if (!made.includes(prefix)) made.push(prefix);
      return prefix;
    },
    async giveBack(prefix) {
      await empty(prefix);
      free.push(prefix);
    },
    async end() {
      free.length = 0;
      await Promise.all(made.splice(0).map(removeIndices));
    },
  };
}

const found = z.object({ hits: z.object({ hits: z.array(z.object({ _index: z.string(), _id: z.string() })) }) });

/** Removes all documents, 10,000 at the most. */
async function empty(prefix: string): Promise<void> {
  await send('POST', `${prefix}-*/_refresh`);
  const { hits } = found.parse(await send('GET', `${prefix}-*/_search?size=10000&_source=false`)).hits;
  if (hits.length === 0) return;
  const lines = hits.map(({ _index, _id }) => JSON.stringify({ delete: { _index, _id } }));
  await send('POST', '_bulk?refresh=true', `${lines.join('\n')}\n`);
}

async function send(method: string, path: string, body?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${elasticsearchUrl}/${path}`, { method, headers, ...(body !== undefined && { body }) });
  if (!response.ok) throw new Error(`Elasticsearch answered ${response.status} to ${path}`);
  return response.json();
}
