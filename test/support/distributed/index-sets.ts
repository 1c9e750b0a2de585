// Views in Elasticsearch for tests. Making indices takes a second, emptying them a tenth of one: so the tests of a file take
// turns at one set of indices, and have a second one only while they need two at once.
import { afterAll } from 'vitest';
import { z } from 'zod';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../elasticsearch/elasticsearch.ts';

const free: string[] = [];
const made: string[] = [];
afterAll(async () => {
  free.length = 0;
  await Promise.all(made.splice(0).map(removeIndices));
});

/** The prefix of indices that are empty or not made yet, for nobody else until they are given back. */
export function takeIndices(): string {
  const prefix = free.pop() ?? randomPrefix();
  if (!made.includes(prefix)) made.push(prefix);
  return prefix;
}

/** Positions only ever grow on a server: what comes next is newer than what was, as Elasticsearch remembers it. */
export async function giveBackIndices(prefix: string): Promise<void> {
  await empty(prefix);
  free.push(prefix);
}

const found = z.object({ hits: z.object({ hits: z.array(z.object({ _index: z.string(), _id: z.string() })) }) });

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
