// The Elasticsearch of the tests: the one at ELASTICSEARCH_URL, or none, and then what needs it is skipped. Each test has
// index names of its own on it, and takes them away in the end.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

export const elasticsearchUrl = process.env.ELASTICSEARCH_URL || undefined;

export const randomPrefix = (): string => `annals${randomBytes(6).toString('hex')}`;

/** Removes all indices whose names begin with the prefix, and their aliases with them. */
export async function removeIndices(prefix: string): Promise<void> {
  const rows = z.array(z.object({ index: z.string() }));
  const found = await fetch(`${elasticsearchUrl}/_cat/indices/${prefix}-*?format=json&h=index&expand_wildcards=all`);
  const names = rows.parse(await found.json()).map(({ index }) => index);
  if (names.length > 0) await fetch(`${elasticsearchUrl}/${names.join(',')}`, { method: 'DELETE' });
}

/** Removes all documents of these indices, 10,000 at the most. */
export async function emptyIndices(prefix: string): Promise<void> {
  const hits = z.array(z.object({ _index: z.string(), _id: z.string() }));
  const answer = z.object({ hits: z.object({ hits }) });
  await fetch(`${elasticsearchUrl}/${prefix}-*/_refresh`, { method: 'POST' });
  const found = await fetch(`${elasticsearchUrl}/${prefix}-*/_search?size=10000&_source=false`);
  const lines = answer
    .parse(await found.json())
    .hits.hits.map(
      ({ _index, _id }) => `{"delete":{"_index":${JSON.stringify(_index)},"_id":${JSON.stringify(_id)}}}\n`,
    );
  if (lines.length === 0) return;
  const headers = { 'content-type': 'application/x-ndjson' };
  await fetch(`${elasticsearchUrl}/_bulk?refresh=true`, { method: 'POST', headers, body: lines.join('') });
}

const run = promisify(execFile);
const script = fileURLToPath(new URL('./server.sh', import.meta.url));

/** A node of the test's own, to be killed. Only where ELASTICSEARCH_URL is set: then the machine can have one. */
export async function startOwnNode(port: number) {
  const call = (command: string, ...more: string[]) => run(script, [command, '--port', String(port), ...more]);
  const start = async (...more: string[]) => (await call('start', '--heap', '512m', ...more)).stdout.trim();
  const url = await start('--fresh');
  return {
    url,
    /** With the data that it had. */
    start: () => start(),
    kill: () => call('kill9'),
    /** Its data go too. */
    stop: () => call('stop', '--fresh'),
  };
}
